// SPDX-License-Identifier: AGPL-3.0-or-later
// Serves the panel over a simulated node and builds again what has changed: npm run dev:ui [-- --profile NAME]. Reload the page to see it.
import { spawn, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { buildPanel } from './build-panel.mjs';

const PORT = '8620';
const args = process.argv.slice(2);
const serveArgs = ['dist/bin/pveigpu.cjs', 'demo', '--serve', ...(args.includes('--port') ? [] : ['--port', PORT]), ...args];
let server;

function buildAll() {
  return spawnSync(process.execPath, ['build.mjs', '--quiet'], { stdio: 'inherit' }).status === 0;
}

function serve() {
  server = spawn(process.execPath, serveArgs, { stdio: 'inherit' });
}

/** Runs `work` some time after the last of several events that come together, never twice at once. */
function settled(work) {
  let timer;
  let running = Promise.resolve();
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(work).catch((error) => console.error(error.message));
    }, 150);
  };
}

const onPanel = settled(async () => {
  await buildPanel('dist/www', { minify: false });
  console.log('The panel was built again.');
});
const onRest = settled(async () => {
  server?.kill();
  if (buildAll()) serve();
});

if (!buildAll()) process.exit(1);
serve();
watch('ui-extension', { recursive: true }, onPanel);
watch('src/core', { recursive: true }, onPanel);
for (const folder of ['src/app', 'src/cli', 'src/main', 'src/service', 'src/simulator'])
  watch(folder, { recursive: true }, onRest);
process.once('SIGINT', () => {
  server?.kill();
  process.exit(0);
});
