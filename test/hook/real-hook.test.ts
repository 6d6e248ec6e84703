// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { directoryMachine, type FakeKernel, startKernel } from './directory-machine.ts';
import { bindTo, driverOf, type Machine, makeVfs, PF, poolConfig, vf } from './hook-node.ts';

const SOURCE = resolve(import.meta.dirname, '../../pve-hooks');
let bundle: string;
let root: string;
let shim: string;
let machine: Machine;
let kernel: FakeKernel;

beforeAll(async () => {
  bundle = mkdtempSync(join(tmpdir(), 'pveigpu-bundle-'));
  await build({
    entryPoints: [join(SOURCE, 'hook.ts')],
    outfile: join(bundle, 'hook.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pveigpu-hook-'));
  // PVE runs the copy in the snippets folder of a storage.
  shim = join(root, 'pveigpu-hook');
  cpSync(join(SOURCE, 'pveigpu-hook.pl'), shim);
  chmodSync(shim, 0o755);
  machine = directoryMachine(root);
  kernel = startKernel(machine);
});
afterEach(() => {
  kernel.stop();
  rmSync(root, { recursive: true, force: true });
});

interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

function hook(args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Ended> {
  const child = spawn(shim, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/sbin:/bin:/usr/sbin:/usr/bin',
      LC_ALL: 'C',
      PVEIGPU_HOOK: join(bundle, 'hook.cjs'),
      PVEIGPU_NODE: process.execPath,
      PVEIGPU_ROOT: root,
      PVEIGPU_RUN: join(root, 'run/pveigpu'),
      ...env,
    },
  });
  return new Promise((done, fail) => {
    const out: string[] = [];
    const err: string[] = [];
    child.stdout.on('data', (bytes) => out.push(String(bytes)));
    child.stderr.on('data', (bytes) => err.push(String(bytes)));
    child.once('error', fail);
    // As PVE does: wait for the end of both pipes, not only of the process.
    child.once('close', (exitCode) => done({ exitCode, out: out.join(''), err: err.join('') }));
  });
}

function guest(vmid: number, config: string): void {
  machine.setFile(`/etc/pve/qemu-server/${vmid}.conf`, config);
}

/** Says whether the lock can be had right now. */
function lockIsFree(): boolean {
  const perl = 'open(F, ">>", $ARGV[0]) or die; exit(flock(F, 6) ? 0 : 1)';
  return spawnSync('perl', ['-e', perl, join(root, 'run/pveigpu/device.lock')]).status === 0;
}

/** Another process that holds the lock until it is told to stop. */
function holdLock(): Promise<() => void> {
  machine.setFile('/run/pveigpu/device.lock', '');
  const perl = '$| = 1; open(F, ">>", $ARGV[0]) or die; flock(F, 2); print "L"; sleep 60';
  const child = spawn('perl', ['-e', perl, join(root, 'run/pveigpu/device.lock')], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((held) => child.stdout.once('data', () => held(() => void child.kill())));
}

describe('phases and arguments', () => {
  test.each([
    ['101', 'post-start'],
    ['101', 'pre-stop'],
    ['101', 'post-stop'],
    ['101', 'some-later-phase'],
    ['101'],
    [],
    ['abc', 'pre-start'],
    ['0', 'pre-start'],
    ['999', 'pre-start'],
  ])('%s %s is passed without a word', async (...args) => {
    guest(101, `hostpci0: ${vf(1)}\n`);
    expect(await hook(args)).toEqual({ exitCode: 0, out: '', err: '' });
    expect(kernel.numVfsWrites).toEqual([]);
    // A phase with nothing to do does not even look for the lock.
    expect(existsSync(join(root, 'run/pveigpu'))).toBe(args[0] === '999');
  });

  test('post-stop: once something was handed over, the program looks whose it is; a stop never fails', async () => {
    guest(101, `hostpci0: ${PF}\n`);
    machine.setFile('/run/pveigpu/handover/0000:00:1f.7', '{"vmid":102,"driver":"i915","consoles":[]}');
    expect(await hook(['101', 'post-stop'])).toEqual({ exitCode: 0, out: '', err: '' });
    const { exitCode, err } = await hook(['101', 'post-stop'], { PVEIGPU_HOOK: '/nowhere/hook.cjs' });
    expect([exitCode, err]).toEqual([
      0,
      'pveigpu: The GPU of VM 101 was not given back to the host: /nowhere/hook.cjs is not there.\n',
    ]);
  });

  const LEFT_ALONE = [
    `hostpci0: ${vf(1)}\n`,
    'hostpci0: mapping=igpu-vf\n',
    `hostpci0: ${PF},mdev=i915-GVTg_V5_4\n`,
    'hostpci0: 0000:00:1f.3\n',
    'hostpci0: 0000:01:00\n',
    'hostpci0: mapping=absent\n',
    `memory: 64\n\n[before]\nhostpci0: ${PF}\n`,
  ];
  const WHOLE = [
    `hostpci0: ${PF}\n`,
    'hostpci1: host=00:02,pcie=1\n',
    'hostpci0: 0000:00:1f.3;0000:00:02.0\n',
    'hostpci0: mapping=gpu\n',
  ];
  const REFUSAL = 'pveigpu: VM 101 takes the whole GPU 0000:00:02.0, so it is not started.';

  /** A start of a guest where the program is not as it should be; what was said by us. */
  async function broken(config: string, bundleText?: string, env: { readonly [name: string]: string } = {}) {
    makeVfs(machine, 7);
    // a graphics card of another vendor, and a mapping of the whole GPU
    machine.setFile('/sys/bus/pci/devices/0000:01:00.0/class', '0x030000\n');
    machine.setFile('/sys/bus/pci/devices/0000:01:00.0/vendor', '0x10de\n');
    const whole = ['node=other,path=0000:00:1f.3', `node=pve1,path=${PF}`].map((rest) => `\tmap id=8086:a780,${rest}\n`);
    machine.setFile('/etc/pve/mapping/pci.cfg', `${poolConfig(1, 2)}gpu\n${whole.join('')}\n`);
    guest(101, config);
    const path = join(root, 'broken.cjs');
    if (bundleText !== undefined) writeFileSync(path, bundleText);
    const { exitCode, err } = await hook(['101', 'pre-start'], { PVEIGPU_HOOK: path, ...env });
    return { exitCode, ours: err.split('\n').filter((line) => line.startsWith('pveigpu:')) };
  }

  test.each(LEFT_ALONE)('a node without pveigpu (the guest was migrated) starts a guest with %j', async (config) => {
    expect(await broken(config)).toEqual({ exitCode: 0, ours: [] });
  });

  test.each(WHOLE)('a node without pveigpu does not start a guest with the whole GPU: %j', async (config) => {
    const { exitCode, ours } = await broken(config);
    expect([exitCode, ours.at(-1)]).toEqual([1, REFUSAL]);
  });

  test.each([
    ['was cut off', 'const a = (', 'it failed with exit code 1', {}],
    ['throws', 'throw new Error("no")', 'it failed with exit code 1', {}],
    ['is killed', 'process.kill(process.pid, "SIGKILL")', 'it was ended by signal 9', {}],
    ['never ends', 'setInterval(() => {}, 1000)', 'it did not come to an end', { PVEIGPU_WORK_SECONDS: '1' }],
  ])('a bundle that %s stops no guest on a VF, but one with the whole GPU', async (_, text, why, env) => {
    const said = `pveigpu: The GPU of VM 101 was not looked after: ${why}.`;
    expect(await broken(`hostpci0: ${vf(1)}\n`, text, env)).toEqual({ exitCode: 0, ours: [said] });
    guest(101, `hostpci0: ${PF}\n`);
    const whole = await hook(['101', 'pre-start'], { PVEIGPU_HOOK: join(root, 'broken.cjs'), ...env });
    expect([whole.exitCode, whole.err.trimEnd().split('\n').at(-1)]).toEqual([1, REFUSAL]);
  });

  test('the program is ended with the task', async () => {
    guest(101, `hostpci0: ${vf(1)}\n`);
    writeFileSync(join(root, 'slow.cjs'), 'setInterval(() => {}, 1000); console.log(process.pid)');
    const env = {
      PATH: '/usr/bin',
      PVEIGPU_HOOK: join(root, 'slow.cjs'),
      PVEIGPU_NODE: process.execPath,
      PVEIGPU_ROOT: root,
      PVEIGPU_RUN: root,
    };
    const child = spawn(shim, ['101', 'pre-start'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = await new Promise<number>((told) => child.stdout.once('data', (bytes) => told(Number(bytes))));
    child.kill('SIGTERM');
    await new Promise((ended) => child.once('close', ended));
    expect(existsSync(`/proc/${pid}/exe`)).toBe(false);
  });

  test('a bundle that breaks lets the guest start, with one line', async () => {
    guest(101, `hostpci0: ${vf(1)}\n`);
    // The machine's directory is a file: nothing in it can be read.
    writeFileSync(join(root, 'file'), '');
    expect(await hook(['101', 'pre-start'], { PVEIGPU_ROOT: join(root, 'file') })).toMatchObject({ exitCode: 0 });
  });
});

describe('a start', () => {
  test('makes and binds the VF, then finds it ready', async () => {
    guest(101, `hostpci0: ${vf(3)}\nlock: backup\n`);
    const first = await hook(['101', 'pre-start']);
    expect(first).toEqual({
      exitCode: 0,
      out: 'pveigpu: Made 7 VFs of the GPU 0000:00:02.0.\npveigpu: VM 101: ready for hostpci0: 0000:00:02.3.\n',
      err: '',
    });
    expect(driverOf(machine, vf(3))).toBe('vfio-pci');
    expect(machine.text(`/sys/bus/pci/devices/${PF}/sriov_drivers_autoprobe`)?.trim()).toMatch(/^0/);
    const again = await hook(['101', 'pre-start']);
    expect(again).toEqual({ exitCode: 0, out: 'pveigpu: VM 101: ready for hostpci0: 0000:00:02.3.\n', err: '' });
    expect(kernel.numVfsWrites).toEqual(['7']);
    expect(lockIsFree()).toBe(true);
  });

  test('is refused where it would take VFs from others', async () => {
    makeVfs(machine, 7);
    guest(101, 'hostpci0: 0000:00:02\n');
    const ended = await hook(['101', 'pre-start']);
    expect(ended.exitCode).toBe(1);
    expect(ended.out).toBe('');
    expect(ended.err).toMatch(/^pveigpu: VM 101 is not started: hostpci0 passes the whole GPU 0000:00:02.0.*\n$/);
  });

  test('16 at once: VFs are made once, each is bound', async () => {
    machine.setFile('/etc/pve/mapping/pci.cfg', poolConfig(1, 2, 3, 4, 5));
    for (let vmid = 101; vmid <= 116; vmid += 1) {
      guest(vmid, vmid % 3 === 0 ? `hostpci0: ${vf(6 + (vmid % 2))}\n` : 'hostpci0: mapping=igpu-vf\n');
    }
    const all = await Promise.all(Array.from({ length: 16 }, (_, index) => hook([String(101 + index), 'pre-start'])));
    expect(all.map(({ exitCode, err }) => ({ exitCode, err }))).toEqual(Array(16).fill({ exitCode: 0, err: '' }));
    expect(kernel.numVfsWrites).toEqual(['7']);
    expect([1, 2, 3, 4, 5, 6, 7].map((number) => driverOf(machine, vf(number)))).toEqual(Array(7).fill('vfio-pci'));
    expect(all.filter(({ out }) => out.includes('Made 7 VFs'))).toHaveLength(1);
  });
});

describe('the lock', () => {
  test('that is never freed: a guest on a VF starts all the same, nothing is written', async () => {
    guest(101, `hostpci0: ${vf(3)}\n`);
    const release = await holdLock();
    const ended = await hook(['101', 'pre-start'], { PVEIGPU_LOCK_SECONDS: '1' });
    release();
    expect(ended.exitCode).toBe(0);
    expect(ended.err).toMatch(/^pveigpu: The VF of VM 101 was not prepared: .*\n$/);
    expect(kernel.numVfsWrites).toEqual([]);
  });

  test('that is never freed: a guest on a whole GPU does not start', async () => {
    guest(101, `hostpci0: ${PF}\n`);
    const release = await holdLock();
    const ended = await hook(['101', 'pre-start'], { PVEIGPU_LOCK_SECONDS: '1' });
    release();
    expect(ended.exitCode).toBe(1);
  });

  test('that is freed in time is waited for', async () => {
    guest(101, `hostpci0: ${vf(3)}\n`);
    const release = await holdLock();
    const ended = hook(['101', 'pre-start']);
    setTimeout(release, 200);
    expect(await ended).toMatchObject({ exitCode: 0, err: '' });
    expect(driverOf(machine, vf(3))).toBe('vfio-pci');
  });

  test('is held while the hook works, and a child that hangs keeps neither it nor the pipes', async () => {
    guest(101, `hostpci0: ${vf(3)}\n`);
    const attribute = `/sys/bus/pci/devices/${PF}/sriov_numvfs`;
    machine.remove(attribute);
    // Opening a pipe that nobody reads blocks, as a write does that waits in the kernel.
    expect(spawnSync('mkfifo', [join(root, attribute)]).status).toBe(0);
    kernel.stop();
    const ended = hook(['101', 'pre-start'], { PVEIGPU_DEADLINE_MS: '1500' });
    await expect.poll(() => childrenWith(attribute).length, { timeout: 10_000 }).toBe(1);
    expect(lockIsFree()).toBe(false);
    expect(await ended).toEqual({ exitCode: 0, out: '', err: 'pveigpu: The GPU of VM 101 was not ready within 1.5 s.\n' });
    const left = childrenWith(attribute);
    expect(left).toHaveLength(1);
    expect(lockIsFree()).toBe(true);
    for (const pid of left) process.kill(pid, 'SIGKILL');
  });
});

/** The processes of this machine whose arguments name a file of this test. */
function childrenWith(path: string): readonly number[] {
  const wanted = join(root, path);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const found = spawnSync('cat', [`/proc/${pid}/cmdline`]).stdout.toString();
      return found.includes(wanted) && found.startsWith('perl') ? [Number(pid)] : [];
    });
}

test('the bundle loads neither a schema library nor the rest of the product', async () => {
  const { metafile } = await build({
    entryPoints: [join(SOURCE, 'hook.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.length).toBeGreaterThan(20);
  expect(inputs.filter((path) => /node_modules|src\/(cli|simulator)\/|pve-cli|host-capture/.test(path))).toEqual([]);
});

test('a guest whose bundle is started by hand without arguments is told what it is', () => {
  const ended = spawnSync(process.execPath, [join(bundle, 'hook.cjs')]);
  expect(ended.status).toBe(0);
  expect(ended.stderr.toString()).toMatch(/^pveigpu: This is a hookscript/);
});

test('a driver that is bound already by PVE itself is fine', async () => {
  makeVfs(machine, 7);
  bindTo(machine, vf(1), 'vfio-pci');
  guest(101, `hostpci0: ${vf(1)}\n`);
  expect(await hook(['101', 'pre-start'])).toMatchObject({ exitCode: 0, err: '' });
  expect(kernel.numVfsWrites).toEqual([]);
});
