// SPDX-License-Identifier: AGPL-3.0-or-later
// debian/copyright (DEP-5) from what esbuild says went into the bundles and from the licence texts that were installed with it.
import { readFileSync } from 'node:fs';
import { bundledPackages } from '../collect-licences.mjs';

/** Licences that may go into a work under the AGPL. */
const FITTING = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'];

/** How a line begins that says who holds the copyright, and not what is to be done with it. */
const HOLDER = /^\W*(?:copyright\s+(?!notice|holder|owner|and\b|statement|law|license)(?:\(c\)|©)?|\(c\)\s+(?=.*\d{4}))\s*/i;

/** @param {Record<string, { inputs: Record<string, unknown> }>} meta dist/meta.json */
export function debianCopyright(meta) {
  const packages = bundledPackages(Object.values(meta));
  const stanzas = packages.map(({ name, version, licence, text }) => {
    if (!FITTING.includes(licence)) throw new Error(`${name}: the licence "${licence}" is not known to fit`);
    const holders = text.split('\n').filter((line) => HOLDER.test(line));
    const own = [...new Set(holders.map((line) => line.replace(HOLDER, '').trim()))].filter((line) => line !== '');
    if (own.length === 0) throw new Error(`${name}: its licence names nobody who holds the copyright`);
    return [
      `Files: node_modules/${name}/*`,
      `Copyright: ${own.join('\n           ')}`,
      `License: ${licence}-${name.replace(/[^a-z0-9.+-]+/gi, '-').replace(/^-/, '')}`,
      field(text),
      `Comment: parts of ${name} ${version} are in the bundles below /usr/lib/pveigpu`,
    ].join('\n');
  });
  const head = [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    'Upstream-Name: pveigpu',
    'Comment: made at build time from what went into the bundles',
  ].join('\n');
  const own = [
    'Files: *',
    'Copyright: the pveigpu authors',
    'License: AGPL-3.0-or-later',
    field(readFileSync('LICENSE', 'utf8')),
  ].join('\n');
  return `${[head, own, ...stanzas].join('\n\n')}\n`;
}

/** A text as the body of a field. */
function field(text) {
  const lines = text.replace(/\r/g, '').trim().split('\n');
  return lines.map((line) => (line.trim() === '' ? ' .' : ` ${line.replace(/\s+$/, '')}`)).join('\n');
}
