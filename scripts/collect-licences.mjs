// SPDX-License-Identifier: AGPL-3.0-or-later
// The licence texts of every package whose code ends in a bundle, taken from what was installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {readonly { inputs: Record<string, unknown> }[]} metafiles what esbuild says went into the bundles */
export function collectLicences(metafiles) {
  const parts = bundledPackages(metafiles).map(
    ({ name, version, licence, text }) => `${name} ${version} (${licence})\n${'-'.repeat(60)}\n${text}\n`,
  );
  return `pveigpu contains parts of the packages below, each under its own licence.\n\n${parts.join('\n\n')}`;
}

/** Every package of which a part is in the bundles, by name, with the text of its licence. */
export function bundledPackages(metafiles) {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolder)));
  return [...folders].sort().map((folder) => {
    const { name, version, license, licenses, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const licence = license ?? licenses?.[0]?.type ?? 'see text';
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? standardText(name, licence, author) : readFileSync(join(folder, file), 'utf8').trim();
    return { name, version, licence, text };
  });
}

/** The text of a package that names its licence and its author and ships no file with it. */
function standardText(name, licence, author) {
  const holder = typeof author === 'string' ? author : author?.name;
  if (licence !== 'MIT' || holder === undefined) throw new Error(`${name} ships no licence text`);
  return `Copyright (c) ${holder}\n\n${MIT}`;
}

/** https://spdx.org/licenses/MIT.html */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match?.[1] !== undefined && existsSync(join(match[1], 'package.json')) ? [match[1]] : [];
}
