// SPDX-License-Identifier: AGPL-3.0-or-later
// Prints the budgets of the design as ratios within one run: npm run bench [-- --rounds N].
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { romRows } from './rom-rows.mjs';

// As root the simulated machine is laid over /sys, /etc, /run and /var of a mount namespace of our own, so that everything runs
// as on a node. Without root it is read with --root, which resolves each link itself and is slower.
const given = process.env.PVEIGPU_BENCH_FOLDER;
const inNamespace = given !== undefined;
const folder = given ?? mkdtempSync(join(tmpdir(), 'pveigpu-bench-'));
if (process.getuid() === 0 && !inNamespace) {
  const again = [process.execPath, process.argv[1], ...process.argv.slice(2)];
  const run = spawnSync('unshare', ['-m', '--propagation', 'private', ...again], {
    stdio: 'inherit',
    env: { ...process.env, PVEIGPU_BENCH_FOLDER: folder },
  });
  if (run.error === undefined) {
    rmSync(folder, { recursive: true });
    process.exit(run.status ?? 1);
  }
}

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 21;
const dist = resolve('dist');
const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' };
const node = process.execPath;

/** Runs commands in turn, so that a busy moment hits all of them, and answers each one's median and least time in ms. */
function measure(commands, times = rounds) {
  const taken = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round < times; round += 1)
    for (const { name, argv, more = {}, codes = [0] } of commands) {
      const start = process.hrtime.bigint();
      const run = spawnSync(argv[0], argv.slice(1), {
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 1 << 30,
      });
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      if (!codes.includes(run.status)) throw new Error(`${name} ended with ${run.status}: ${run.stderr}${run.error ?? ''}`);
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

/** Lays the machine over this namespace's folders; false where that cannot be. */
function lay(over) {
  if (!inNamespace) return false;
  for (const name of over) {
    const options =
      name === 'sys'
        ? ['--bind', join(machine, name), '/sys']
        : ['-t', 'overlay', '-o', `lowerdir=${join(machine, name)}:/${name}`, 'overlay', `/${name}`];
    if (spawnSync('mount', options).status !== 0) return false;
  }
  return true;
}
const isLaid = lay(['sys', 'etc', 'run', 'var']);
const root = isLaid ? [] : ['--root', machine];

const hookEnv = {
  PVEIGPU_ROOT: machine,
  PVEIGPU_HOOK: join(dist, 'lib/hook.cjs'),
  PVEIGPU_NODE: node,
  PVEIGPU_RUN: join(folder, 'run'),
};
const perl = measure([
  { name: 'perl', argv: ['perl', '-e', '0'] },
  { name: 'idle', argv: ['perl', join(dist, 'share/pveigpu-hook'), '101', 'post-start'], more: hookEnv },
]);
const idle = perl.get('idle').median / perl.get('perl').median;
budget('hook, phase with nothing to do / perl -e 0', idle, 2, `${perl.get('idle').median.toFixed(1)} ms`);

/** The budgets that are ratios to node or to a status, with the commands put behind `prefix` and the product at `at`. */
function nodeBudgets(which, prefix, program, at, hook) {
  const taken = measure([
    { name: 'node', argv: [...prefix, program, '-e', '0'] },
    { name: 'prepared', argv: [...prefix, 'perl', `${at}/share/pveigpu-hook`, '101', 'pre-start'], more: hook },
    { name: 'status', argv: [...prefix, program, `${at}/bin/pveigpu.cjs`, 'status', ...root] },
    // the machine has files of one node and the processes of another, which doctor finds fault with
    { name: 'doctor', argv: [...prefix, program, `${at}/bin/pveigpu.cjs`, 'doctor', ...root], codes: [0, 1] },
  ]);
  const of = (name) => taken.get(name).median;
  budget(`${which}: pre-start of a prepared VF / node -e 0`, of('prepared') / of('node'), 1.5, `${of('prepared').toFixed(1)} ms`);
  budget(`${which}: pveigpu status / node -e 0`, of('status') / of('node'), 1.6, `${of('status').toFixed(1)} ms`);
  budget(`${which}: pveigpu doctor / status`, of('doctor') / of('status'), 3, `${of('doctor').toFixed(1)} ms`);
  return of('node');
}
const nodeMs = nodeBudgets(`node ${process.version}`, [], node, dist, hookEnv);
const installed = unpackedPackage();
const debian = debianRoot(installed);
if (debian !== undefined) {
  const hook = { PVEIGPU_NODE: '/usr/bin/node', PVEIGPU_RUN: '/run' };
  const [prefix, program] = [['chroot', debian], '/usr/bin/node'];
  nodeBudgets("Debian's node", prefix, program, '/mnt', { ...hook, PVEIGPU_HOOK: '/mnt/lib/hook.cjs' });
  if (installed !== undefined) nodeBudgets("package, Debian's node", prefix, program, '/usr/lib/pveigpu', hook);
}

/** The files of the Debian package, where npm run deb made it. */
function unpackedPackage() {
  const [deb] = existsSync('deb') ? readdirSync('deb').filter((name) => name.endsWith('.deb')) : [];
  const unpacked = join(folder, 'package');
  return deb !== undefined && spawnSync('dpkg-deb', ['-x', join('deb', deb), unpacked]).status === 0 ? unpacked : undefined;
}

/** A Debian root with Debian's own node, as Proxmox VE 9 has it, under the simulated machine; the rig and the package's tests make one. */
function debianRoot(unpacked) {
  const made = ['root', 'deb/root'].map((name) => resolve(process.env.PVEIGPU_RIG ?? '.rig', name));
  const rig = made.find((path) => existsSync(join(path, 'usr/bin/node')));
  const merged = join(folder, 'debian');
  if (!isLaid || rig === undefined) return undefined;
  const lower = [machine, ...(unpacked === undefined ? [] : [unpacked]), rig].join(':');
  mkdirSync(merged);
  const mounts = [
    ['-t', 'overlay', '-o', `lowerdir=${lower}`, 'overlay', merged],
    ['--rbind', '/sys', join(merged, 'sys')],
    ['--rbind', '/proc', join(merged, 'proc')],
    ['--rbind', '/dev', join(merged, 'dev')],
    ['--bind', dist, join(merged, 'mnt')],
    ['-t', 'tmpfs', 'tmpfs', join(merged, 'run')],
  ];
  return mounts.every((options) => spawnSync('mount', options).status === 0) ? merged : undefined;
}

const facts = await bundled('bench/guest-facts.ts', 'guest-facts.mjs');
let perGuest;
for (const count of [10, 100, 1000, 10_000]) {
  const guests = join(folder, `guests-${count}`);
  const configs = join(guests, 'etc/pve/nodes/pve/qemu-server');
  mkdirSync(configs, { recursive: true });
  for (let i = 0; i < count; i += 1) writeFileSync(join(configs, `${100 + i}.conf`), guestConfig(100 + i));
  const files = readdirSync(configs).map((name) => join(configs, name));
  writeFileSync(join(folder, 'files'), files.join('\0'));
  if (isLaid) spawnSync('mount', ['--bind', join(guests, 'etc/pve'), '/etc/pve']);
  const taken = measure(
    [
      { name: 'cat', argv: ['sh', '-c', `xargs -0 cat < ${join(folder, 'files')} > /dev/null`] },
      { name: 'node', argv: [node, '-e', '0'] },
      { name: 'facts', argv: [node, facts, isLaid ? '/' : guests, String(count)] },
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

rows.push(...(await romRows({ folder, measure, bundled, node })));

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
  `\nmedians of ${rounds} rounds; node -e 0 took ${nodeMs.toFixed(1)} ms, perl -e 0 ${perl.get('perl').median.toFixed(1)} ms, ${process.version}`,
);
// in the namespace whoever started it removes the folder, when the mounts below it are gone
if (!inNamespace) rmSync(folder, { recursive: true });
