#!/usr/bin/env node
// SPDX-License-Identifier: AGPL-3.0-or-later
// The rig by hand, from the top of the project: node test/rig/rig.mjs build | run [options] 'shell command'
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const outfile = resolve(process.env.PVEIGPU_RIG ?? '.rig', 'command.mjs');
mkdirSync(resolve(outfile, '..'), { recursive: true });
await build({
  entryPoints: ['test/rig/command.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outfile,
  sourcemap: 'inline',
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
