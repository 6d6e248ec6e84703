// SPDX-License-Identifier: AGPL-3.0-or-later
// Builds what ships: the command and the service (ESM chunks, so each loads only what it needs), the hook (one CommonJS file) and what browsers load.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { buildPanel } from './scripts/build-panel.mjs';
import { collectLicences } from './scripts/collect-licences.mjs';

const quiet = process.argv.includes('--quiet');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  metafile: true,
  logLevel: 'warning',
  define: { PVEIGPU_VERSION: JSON.stringify(version) },
  loader: { '.pl': 'text', '.md': 'text', '.tpl': 'text' },
};

rmSync('dist', { recursive: true, force: true });
const command = await build({
  ...shared,
  entryPoints: { 'lib/full': 'src/cli/full.ts', 'lib/service': 'src/service/main.ts' },
  format: 'esm',
  splitting: true,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'lib/[name]-[hash]',
  alias: { 'iconv-lite': './src/service/utf8-only.ts' },
  banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
});
// the entry is small and CommonJS, which node starts fastest; everything but `status` and `doctor` is imported from the chunks
const entry = await build({
  ...shared,
  entryPoints: ['src/cli/main.ts'],
  format: 'cjs',
  outfile: 'dist/bin/pveigpu.cjs',
  banner: { js: '#!/usr/bin/node' },
  plugins: [
    {
      name: 'rest-of-the-program',
      setup: ({ onResolve }) => {
        onResolve({ filter: /\/full\.ts$/ }, () => ({ path: '../lib/full.mjs', external: true }));
        onResolve({ filter: /\/whole\.ts$/ }, () => ({ path: '../lib/whole.mjs', external: true }));
        onResolve({ filter: /\/quick-doctor\.ts$/ }, () => ({ path: '../lib/doctor.cjs', external: true }));
      },
    },
  ],
});
// what runs for minutes must not need a file that an upgrade takes away: everything in one
await build({
  ...shared,
  entryPoints: ['src/cli/whole.ts'],
  format: 'esm',
  outfile: 'dist/lib/whole.mjs',
  sourcemap: false,
  banner: { js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);' },
});
const doctor = await build({
  ...shared,
  entryPoints: ['src/cli/quick-doctor.ts'],
  format: 'cjs',
  outfile: 'dist/lib/doctor.cjs',
});
const hook = await build({ ...shared, entryPoints: ['pve-hooks/hook.ts'], format: 'cjs', outfile: 'dist/lib/hook.cjs' });
const panel = await buildPanel('dist/www');
chmodSync('dist/bin/pveigpu.cjs', 0o755);
mkdirSync('dist/share', { recursive: true });
cpSync('pve-hooks/pveigpu-hook.pl', 'dist/share/pveigpu-hook');
chmodSync('dist/share/pveigpu-hook', 0o755);
writeFileSync(
  'dist/THIRD-PARTY-LICENCES.txt',
  collectLicences([command.metafile, entry.metafile, doctor.metafile, hook.metafile, panel]),
);
writeFileSync(
  'dist/meta.json',
  JSON.stringify({
    ...{ command: command.metafile, entry: entry.metafile, doctor: doctor.metafile, hook: hook.metafile, panel },
  }),
);
if (!quiet) {
  for (const [path, { bytes }] of Object.entries({
    ...command.metafile.outputs,
    ...entry.metafile.outputs,
    ...doctor.metafile.outputs,
    ...hook.metafile.outputs,
    ...panel.outputs,
  }))
    if (!path.endsWith('.map')) console.log(`${String(bytes).padStart(8)}  ${path}`);
}
