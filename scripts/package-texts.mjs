// SPDX-License-Identifier: AGPL-3.0-or-later
// Writes what only the Debian package needs and what follows from the program: man pages, completion, pveigpu.conf, copyright.
// node scripts/package-texts.mjs FOLDER, after node build.mjs.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { administratorsFile, settingsOf } from './package/administrators-file.mjs';
import { debianCopyright } from './package/debian-copyright.mjs';
import { commandPage, settingsPage } from './package/man-pages.mjs';

const [folder = 'debian/generated'] = process.argv.slice(2);

/** The command table, from source. */
async function commandTable() {
  const place = mkdtempSync(join(tmpdir(), 'pveigpu-table-'));
  const outfile = join(place, 'table.mjs');
  const contents =
    "export { COMMANDS } from './src/cli/command-table.ts';\nexport { effectiveOptions, GLOBAL_OPTIONS } from './src/cli/effective-options.ts';";
  await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    loader: { '.pl': 'text', '.md': 'text', '.tpl': 'text' },
    banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
  });
  const table = await import(pathToFileURL(outfile).href);
  rmSync(place, { recursive: true });
  return table;
}

function put(name, text) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const settings = settingsOf(readFileSync('docs/settings.md', 'utf8'));
put('pveigpu.1', commandPage(await commandTable(), version));
put('pveigpu.conf.5', settingsPage(settings, version));
put('pveigpu.conf', administratorsFile(settings));
put('copyright', debianCopyright(JSON.parse(readFileSync('dist/meta.json', 'utf8'))));
for (const [shell, name] of [
  ['bash', 'pveigpu'],
  ['zsh', '_pveigpu'],
  ['fish', 'pveigpu.fish'],
])
  put(`completion/${shell}/${name}`, execFileSync('node', ['dist/bin/pveigpu.cjs', 'completion', shell], { encoding: 'utf8' }));
