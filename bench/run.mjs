// SPDX-License-Identifier: AGPL-3.0-or-later
// Prints the budgets of the design as ratios within one run: npm run bench [-- --rounds N].
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 21;
const folder = mkdtempSync(join(tmpdir(), 'pveigpu-bench-'));
const dist = resolve('dist');
const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' };
const node = process.execPath;

/** Runs commands in turn, so that a busy moment hits all of them, and answers each one's median and least time in ms. */
function measure(commands, times = rounds) {
  const taken = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round < times; round += 1)
    for (const { name, argv, more = {} } of commands) {
      const start = process.hrtime.bigint();
      const run = spawnSync(argv[0], argv.slice(1), {
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1 << 30,
      });
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      if (run.status !== 0) throw new Error(`${name} ended with ${run.status}: ${run.stderr}${run.error ?? ''}`);
      taken.get(name).push(ms);
    }
  return new Map([...taken].map(([name, list]) => [name, statistics(list)]));
}

function statistics(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0] };
}

const rows = [];
function budget(what, ratio, limit, note = '') {
  rows.push([what, ratio.toFixed(2), `<= ${limit}`, ratio <= limit ? 'within' : 'OVER', note]);
}

async function bundled(entry, name) {
  const outfile = join(folder, name);
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  return outfile;
}

const { writeMachine, guestConfig } = await import(await bundled('bench/machine.ts', 'machine.mjs'));
const machine = join(folder, 'machine');
mkdirSync(machine);
await writeMachine(machine);

const hookEnv = {
  PVEIGPU_ROOT: machine,
  PVEIGPU_HOOK: join(dist, 'lib/hook.cjs'),
  PVEIGPU_NODE: node,
  PVEIGPU_RUN: join(folder, 'run'),
};
const times = measure([
  { name: 'perl', argv: ['perl', '-e', '0'] },
  { name: 'idle', argv: ['perl', join(dist, 'share/pveigpu-hook'), '101', 'post-start'], more: hookEnv },
  { name: 'node', argv: [node, '-e', '0'] },
  { name: 'prepared', argv: ['perl', join(dist, 'share/pveigpu-hook'), '101', 'pre-start'], more: hookEnv },
  { name: 'status', argv: [node, join(dist, 'bin/pveigpu.cjs'), 'status', '--root', machine] },
]);
const of = (name) => times.get(name).median;
budget('hook, phase with nothing to do / perl -e 0', of('idle') / of('perl'), 2, `${of('idle').toFixed(1)} ms`);
budget('hook, pre-start of a prepared VF / node -e 0', of('prepared') / of('node'), 1.5, `${of('prepared').toFixed(1)} ms`);
budget('pveigpu status / node -e 0', of('status') / of('node'), 1.6, `${of('status').toFixed(1)} ms`);

const facts = await bundled('bench/guest-facts.ts', 'guest-facts.mjs');
let perGuest;
for (const count of [10, 100, 1000, 10_000]) {
  const root = join(folder, `guests-${count}`);
  const configs = join(root, 'etc/pve/nodes/pve/qemu-server');
  mkdirSync(configs, { recursive: true });
  for (let i = 0; i < count; i += 1) writeFileSync(join(configs, `${100 + i}.conf`), guestConfig(100 + i));
  const files = readdirSync(configs).map((name) => join(configs, name));
  writeFileSync(join(folder, 'files'), files.join('\0'));
  const taken = measure(
    [
      { name: 'cat', argv: ['sh', '-c', `xargs -0 cat < ${join(folder, 'files')} > /dev/null`] },
      { name: 'node', argv: [node, '-e', '0'] },
      { name: 'facts', argv: [node, facts, root, String(count)] },
    ],
    Math.min(rounds, count > 1000 ? 7 : 11),
  );
  const own = Math.max(taken.get('facts').median - taken.get('node').median, 0.1);
  const each = (own / count) * 1000;
  const growth = perGuest === undefined ? '' : `, ${(each / perGuest).toFixed(2)} x per guest of the row before`;
  perGuest = each;
  const note = `${own.toFixed(1)} ms, ${each.toFixed(1)} us a guest${growth}`;
  if (count >= 1000) budget(`facts of ${count} guests, less node -e 0 / cat`, own / taken.get('cat').median, 10, note);
  else rows.push([`facts of ${count} guests, less node -e 0 / cat`, (own / taken.get('cat').median).toFixed(2), '', '', note]);
}

const heads = ['what', 'ratio', 'budget', '', 'median'];
const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column].length)));
for (const row of [heads, ...rows])
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column] + 2))
      .join('')
      .trimEnd(),
  );
console.log(
  `\nmedians of ${rounds} rounds; node -e 0 took ${of('node').toFixed(1)} ms, perl -e 0 ${of('perl').toFixed(1)} ms, ${process.version}`,
);
rmSync(folder, { recursive: true });
