// SPDX-License-Identifier: AGPL-3.0-or-later
// Fails when what loads at start-up grows beyond its budget. Sizes are stable where times are not: see docs/adr/0010.
import { existsSync, readFileSync } from 'node:fs';

const { command, doctor, entry, hook, panel } = JSON.parse(readFileSync('dist/meta.json', 'utf8'));

/** Bytes that an entry loads before it does anything: itself and all its static imports. */
function eagerBytes(meta, output, seen = new Set()) {
  if (seen.has(output)) return 0;
  seen.add(output);
  const { bytes, imports } = meta.outputs[output];
  const next = imports.filter(({ kind, path }) => kind === 'import-statement' && path in meta.outputs);
  return bytes + next.reduce((sum, { path }) => sum + eagerBytes(meta, path, seen), 0);
}

const budgets = [
  ['dist/bin/pveigpu.cjs', eagerBytes(entry, 'dist/bin/pveigpu.cjs'), 200 * 1024],
  ['dist/lib/doctor.cjs', eagerBytes(doctor, 'dist/lib/doctor.cjs'), 500 * 1024],
  ['dist/lib/full.mjs', eagerBytes(command, 'dist/lib/full.mjs'), 120 * 1024],
  ['dist/lib/hook.cjs', eagerBytes(hook, 'dist/lib/hook.cjs'), 160 * 1024],
  // what a browser loads, before gzip
  ['dist/www/page.js', eagerBytes(panel, 'dist/www/page.js'), 150 * 1024],
  ['dist/www/pveigpu.js', eagerBytes(panel, 'dist/www/pveigpu.js'), 150 * 1024],
];
let failed = false;
for (const [name, bytes, limit] of budgets) {
  console.log(`${name}: ${bytes} bytes at start, budget ${limit}`);
  if (bytes > limit) failed = true;
}
const text = existsSync('dist/THIRD-PARTY-LICENCES.txt') ? readFileSync('dist/THIRD-PARTY-LICENCES.txt', 'utf8') : '';
for (const name of ['commander', 'zod', 'diff', 'lit', 'uplot'])
  if (!text.includes(`\n${name} `)) {
    console.error(`THIRD-PARTY-LICENCES.txt lacks ${name}`);
    failed = true;
  }
process.exit(failed ? 1 : 0);
