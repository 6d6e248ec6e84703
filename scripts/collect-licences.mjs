// SPDX-License-Identifier: AGPL-3.0-or-later
// The licence texts of every package whose code ends in a bundle, taken from what was installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {readonly { inputs: Record<string, unknown> }[]} metafiles what esbuild says went into the bundles */
export function collectLicences(metafiles) {
  const packages = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolder)));
  const parts = [...packages].sort().map((folder) => {
    const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (file === undefined) throw new Error(`${name} ships no licence text`);
    const kind = license ?? licenses?.[0]?.type ?? 'see text';
    return `${name} ${version} (${kind})\n${'-'.repeat(60)}\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return `pveigpu contains parts of the packages below, each under its own licence.\n\n${parts.join('\n\n')}`;
}

function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match?.[1] !== undefined && existsSync(join(match[1], 'package.json')) ? [match[1]] : [];
}
