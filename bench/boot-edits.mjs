// SPDX-License-Identifier: AGPL-3.0-or-later
// Prints what becomes of each boot fixture, checked with a real shell: npm run bench:boot-edits.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const project = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'pveigpu-bench-'));
const outfile = join(folder, 'boot-fixture.mjs');
await build({
  entryPoints: [join(project, 'test/support/boot-fixture.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { bootFixtures, runBootFixture } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true });

const COLUMNS = ['effective', 'kept', 'again', 'wayBack'];
const names = bootFixtures(project);
const rows = [];
for (const name of names) rows.push(await runBootFixture(project, name));

const width = Math.max(...names.map((name) => name.length));
const heads = ['effective in the active loader', "user's parameters kept", 'second run changes nothing', 'way back byte-exact'];
console.log([' '.repeat(width), ...heads].join('  '));
for (const row of rows) {
  const marks = COLUMNS.map((column, index) => (row[column].length === 0 ? 'yes' : 'NO').padEnd(heads[index].length));
  console.log([row.name.padEnd(width), ...marks].join('  ').trimEnd());
  for (const trouble of COLUMNS.flatMap((column) => row[column])) console.log(`    ${trouble}`);
}
console.log(`\n${rows.length} fixtures; what is effective is what /bin/sh says of the files, read as grub-mkconfig,`);
console.log("Proxmox's zz-proxmox-boot and systemd's 90-loaderentry read them\n");
const counts = COLUMNS.map((column) => rows.filter((row) => row[column].length === 0).length);
console.log(counts.map((count) => `${count}/${rows.length}`).join(' '));
process.exitCode = counts.every((count) => count === rows.length) ? 0 : 1;
