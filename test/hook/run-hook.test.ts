// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { type HookCall, runHook } from '../../src/app/run-hook.ts';
import type { Host, Poke } from '../../src/ports/host.ts';
import { bindTo, driverOf, layOut, makeVfs, memoryMachine, PF, poolConfig, probe, vf } from './hook-node.ts';

const SYS = '/sys/bus/pci/devices';
let machine: ReturnType<typeof memoryMachine>;
let lines: string[];
/** How long the hook waited, milliseconds. */
let waitedMs: number;
let accesses: string[];
let pokes: string[];
/** What the kernel answers to a write instead of doing it. */
let refusal: (path: string) => Poke | undefined;
let unreadable: (path: string) => string | undefined;

beforeEach(() => {
  machine = memoryMachine();
  layOut(machine);
  lines = [];
  waitedMs = 0;
  accesses = [];
  pokes = [];
  refusal = () => undefined;
  unreadable = () => undefined;
});

function host(): Host {
  const memory = memoryHost(machine.tree, {
    onAccess: (operation, path) => {
      accesses.push(`${operation} ${path}`);
      return unreadable(path);
    },
    programs: { modprobe: { exitCode: 0, stdout: '', stderr: '' } },
  });
  const poke = async (path: string, value: string): Promise<Poke> => {
    pokes.push(`${path.replace('/sys/bus/pci/', '')} = ${value}`);
    const refused = refusal(path);
    if (refused !== undefined) return refused;
    if (path.endsWith('/sriov_numvfs')) makeVfs(machine, Number(value));
    else if (path.endsWith('/drivers_probe')) probe(machine, value);
    else if (path.endsWith('/driver/unbind')) machine.remove(path.replace(/\/unbind$/, ''));
    else machine.setFile(path, `${value}\n`);
    return { kind: 'done' };
  };
  return new Proxy(memory, {
    get: (target, name) => {
      if (name === 'poke') return poke;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function start(vmid: number, config: string, more: Partial<HookCall> = {}): Promise<0 | 1> {
  machine.setFile(`/etc/pve/qemu-server/${vmid}.conf`, config);
  let nowMs = 1_700_000_000_000;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
      waitedMs += ms;
    },
  };
  const log = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  return await runHook({ host: host(), clock, log }, { vmid, phase: 'pre-start', lockHeld: true, ...more });
}

function answer(poke: Poke): void {
  refusal = () => poke;
}

function runGuest(vmid: number, reservation: string, open: readonly string[] = []): void {
  machine.setFile(`/run/qemu-server/${vmid}.pid`, `${vmid}0\n`);
  machine.setFile(`/proc/${vmid}0/cmdline`, `/usr/bin/kvm\0-id\0${vmid}\0`);
  machine.setFile('/run/qemu-server/pci-id-reservations', reservation);
  for (const [index, path] of open.entries()) machine.setLink(`/proc/${vmid}0/fd/${index + 3}`, path);
}

describe('a VF', () => {
  test('is made and bound when there are none, first of all that are made', async () => {
    expect(await start(101, `hostpci0: ${vf(3)},pcie=1\n`)).toBe(0);
    expect(pokes).toEqual([
      `devices/${PF}/sriov_drivers_autoprobe = 0`,
      `devices/${PF}/sriov_numvfs = 7`,
      `devices/${vf(3)}/driver_override = vfio-pci`,
      `drivers_probe = ${vf(3)}`,
      ...[1, 2, 4, 5, 6, 7].flatMap((number) => [
        `devices/${vf(number)}/driver_override = vfio-pci`,
        `drivers_probe = ${vf(number)}`,
      ]),
    ]);
    expect(driverOf(machine, vf(3))).toBe('vfio-pci');
    expect(lines).toEqual(['Made 7 VFs of the GPU 0000:00:02.0.', 'VM 101: ready for hostpci0: 0000:00:02.3.']);
  });

  test('is left as it is when it is ready: no write, no child, no lock', async () => {
    makeVfs(machine, 7);
    bindTo(machine, vf(3), 'vfio-pci');
    expect(await start(101, `hostpci0: ${vf(3)}\n`, { lockHeld: false })).toBe(0);
    expect(pokes).toEqual([]);
    expect(accesses.filter((access) => /^(lock|write|mkdir|remove|poke) /.test(access))).toEqual([]);
    // A read of this attribute can wait for ever, and would need a child.
    expect(accesses.filter((access) => /driver_override|sriov_numvfs/.test(access))).toEqual([]);
    expect(accesses.length).toBeLessThan(20);
  });

  test('twice is as once', async () => {
    await start(101, `hostpci0: ${vf(3)}\n`);
    pokes = [];
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect(pokes).toEqual([]);
  });

  test('is taken from the host driver when nobody has it open', async () => {
    makeVfs(machine, 7);
    bindTo(machine, vf(1), 'i915');
    expect(await start(101, `hostpci0: ${vf(1)}\n`)).toBe(0);
    expect(pokes).toContain(`drivers/i915/unbind = ${vf(1)}`);
    expect(driverOf(machine, vf(1))).toBe('vfio-pci');
  });

  test('is not taken from a container that has its render node open', async () => {
    makeVfs(machine, 7);
    bindTo(machine, vf(1), 'i915');
    machine.setFile(`${SYS}/${vf(1)}/drm/renderD129/dev`, '226:129\n');
    machine.setLink('/proc/4711/fd/9', '/dev/dri/renderD129');
    machine.setFile('/proc/4711/comm', 'ffm\u001bpeg\n');
    expect(await start(101, `hostpci0: ${vf(1)}\n`)).toBe(1);
    expect(pokes).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('0000:00:02.1 is in use by process 4711 (ffm')]);
    expect(lines[0]).not.toContain('\u001b');
  });

  test.each([
    ['by a running guest', `${vf(3)} 102 pid:1020\n`, 1],
    ['by a guest whose pid is another process', `${vf(3)} 102 pid:4242\n`, 0],
    ['by a guest that is starting', `${vf(3)} 102 time:1700000600\n`, 1],
    ['by a start that ended long ago', `${vf(3)} 102 time:1600000000\n`, 0],
    ['by the guest itself', `${vf(3)} 101 pid:1010\n`, 0],
  ])('reserved %s', async (_name, reservation, exitCode) => {
    makeVfs(machine, 7);
    bindTo(machine, vf(3), 'vfio-pci');
    runGuest(102, reservation);
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(exitCode);
    if (exitCode === 1) expect(lines).toEqual(['VM 101 is not started: 0000:00:02.3 is in use by VM 102.']);
  });

  test('of more than exist: their number is never changed while some exist', async () => {
    makeVfs(machine, 3);
    expect(await start(101, `hostpci0: ${vf(5)}\n`)).toBe(0);
    expect(pokes).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('0000:00:02.0 has 3 VFs and not this one')]);
  });

  test.each([
    ['no driver on the GPU', () => machine.remove(`${SYS}/${PF}/driver`), 'no driver is bound'],
    ['the GPU given away as a whole', () => bindTo(machine, PF, 'vfio-pci'), 'bound to vfio-pci as a whole'],
    ['a driver without VFs', () => machine.setFile(`${SYS}/${PF}/sriov_totalvfs`, '0\n'), 'no GPU of this node would have it'],
    ['a GPU that is not there', () => machine.remove(`${SYS}/${PF}`), 'there is no device 0000:00:02.3'],
    ['a kernel that refuses', () => answer({ kind: 'refused', errno: 'EIO' }), 'refused "0": EIO'],
    ['a write that hangs', () => answer({ kind: 'timeout' }), 'did not return within'],
  ])('%s never stops the guest', async (_name, arrange, message) => {
    arrange();
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect(lines.join('\n')).toContain(message);
    expect(lines).toHaveLength(1);
  });

  test('whose driver does not take it is said', async () => {
    makeVfs(machine, 7);
    refusal = (path) => (path.endsWith('drivers_probe') ? { kind: 'done' } : undefined);
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect(lines).toEqual(['hostpci0 of VM 101: vfio-pci did not take 0000:00:02.3; the kernel log says why.']);
  });

  /** The driver does not take what is probed, from the n-th probe on. */
  const takesNone = (from: number) => {
    let probes = 0;
    refusal = (path) => {
      if (!path.endsWith('drivers_probe')) return undefined;
      probes += 1;
      return probes < from ? undefined : { kind: 'done' };
    };
  };

  test('of one that the driver does not take, the others are not waited for, but named', async () => {
    takesNone(1);
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect(pokes.filter((poke) => poke.startsWith('drivers_probe'))).toEqual([`drivers_probe = ${vf(3)}`]);
    expect(waitedMs).toBeLessThan(4000);
    expect(lines).toEqual([
      'Made 7 VFs of the GPU 0000:00:02.0.',
      `Without a driver, and not tried after that: ${[1, 2, 4, 5, 6, 7].map(vf).join(', ')}.`,
      'hostpci0 of VM 101: vfio-pci did not take 0000:00:02.3; the kernel log says why.',
    ]);
  });

  test('whose driver takes its own VF and no other: one is tried, the rest is named, the next start tries again', async () => {
    takesNone(2);
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect(pokes.filter((poke) => poke.startsWith('drivers_probe'))).toEqual([3, 1].map((n) => `drivers_probe = ${vf(n)}`));
    expect(waitedMs).toBeLessThan(4000);
    expect(lines).toContain('0000:00:02.1 was made and not bound: vfio-pci did not take 0000:00:02.1; the kernel log says why.');
    expect(lines).toContain(`Without a driver, and not tried after that: ${[2, 4, 5, 6, 7].map(vf).join(', ')}.`);
    refusal = () => undefined;
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect([1, 2, 3, 4, 5, 6, 7].map((number) => driverOf(machine, vf(number)))).toEqual(Array(7).fill('vfio-pci'));
  });

  test('is ready although VFs of a killed hook wait and the lock cannot be had', async () => {
    makeVfs(machine, 7);
    bindTo(machine, vf(3), 'vfio-pci');
    machine.setFile(`${SYS}/${PF}/sriov_drivers_autoprobe`, '0\n');
    machine.setFile(`/run/pveigpu/unfinished-${PF}`, '');
    await memoryHost(machine.tree).lock('/run/pveigpu/device.lock', { timeoutMs: 10 });
    expect(await start(101, `hostpci0: ${vf(3)}\n`, { lockHeld: false, lockWaitMs: 5 })).toBe(0);
    expect(pokes).toEqual([]);
    expect(lines).toEqual(['VM 101: ready for hostpci0: 0000:00:02.3.']);
  });

  test('with driver=keep gets the VFIO driver of its generation', async () => {
    makeVfs(machine, 7);
    machine.setFile(`${SYS}/${vf(3)}/device`, '0xb080\n');
    machine.setFile('/proc/sys/kernel/osrelease', '7.0.2-1-pve\n');
    await start(101, `hostpci0: ${vf(3)},driver=keep\n`);
    expect(driverOf(machine, vf(3))).toBe('xe-vfio-pci');
    pokes = [];
    await start(101, `hostpci0: ${vf(3)},driver=keep\n`);
    expect(pokes).toEqual([]);
  });

  test('as many are made as are desired of this very GPU', async () => {
    const gpus = {
      '0000:00:02.0 8086:a780 1043:8882': { mode: 'sriov', numVfs: 4 },
      '0000:00:02.0 8086:4680 1043:8882': { mode: 'sriov', numVfs: 2 },
    };
    machine.setFile('/var/lib/pveigpu/desired.json', JSON.stringify({ format: 1, gpus }));
    await start(101, `hostpci0: ${vf(3)}\n`);
    expect(pokes).toContain(`devices/${PF}/sriov_numvfs = 4`);
  });

  test('none are made when another mode is desired', async () => {
    const gpus = { '0000:00:02.0 8086:a780 1043:8882': { mode: 'gvt-d' } };
    machine.setFile('/var/lib/pveigpu/desired.json', JSON.stringify({ format: 1, gpus }));
    expect(await start(101, `hostpci0: ${vf(3)}\n`)).toBe(0);
    expect(pokes).toEqual([]);
    expect(lines).toEqual([expect.stringContaining('set to the mode gvt-d')]);
  });
});

describe('a pool', () => {
  const config = 'hostpci0: mapping=igpu-vf,pcie=1\n';

  test('all its VFs are made and bound', async () => {
    machine.setFile('/etc/pve/mapping/pci.cfg', poolConfig(1, 2, 4));
    expect(await start(101, config)).toBe(0);
    expect([1, 2, 3, 4].map((number) => driverOf(machine, vf(number)))).toEqual(Array(4).fill('vfio-pci'));
    expect(lines.at(-1)).toBe('VM 101: ready for hostpci0: the pool igpu-vf, 3 VFs.');
  });

  test('one VF that a container uses does not stop the guest', async () => {
    machine.setFile('/etc/pve/mapping/pci.cfg', poolConfig(1, 2));
    makeVfs(machine, 7);
    bindTo(machine, vf(1), 'i915');
    machine.setFile(`${SYS}/${vf(1)}/drm/renderD129/dev`, '226:129\n');
    machine.setLink('/proc/4711/fd/9', '/dev/dri/renderD129');
    expect(await start(101, config)).toBe(0);
    expect(driverOf(machine, vf(1))).toBe('i915');
    expect(driverOf(machine, vf(2))).toBe('vfio-pci');
  });

  test('whose IOMMU groups are others by now is said, since PVE refuses such a pool', async () => {
    machine.setFile('/etc/pve/mapping/pci.cfg', poolConfig(1, 2).replace('iommugroup=21', 'iommugroup=18'));
    expect(await start(101, config)).toBe(0);
    const said = 'The pool igpu-vf says IOMMU group 18 of 0000:00:02.2, which is in group 21 now. Run: pveigpu pool sync';
    expect(lines.filter((line) => line.includes('IOMMU'))).toEqual([said]);
  });

  test('of which the driver takes none: two are tried', async () => {
    machine.setFile('/etc/pve/mapping/pci.cfg', poolConfig(1, 2, 4, 5));
    refusal = (path) => (path.endsWith('drivers_probe') ? { kind: 'done' } : undefined);
    expect(await start(101, config)).toBe(0);
    expect(pokes.filter((poke) => poke.startsWith('drivers_probe'))).toEqual([1, 2].map((n) => `drivers_probe = ${vf(n)}`));
    expect(waitedMs).toBeLessThan(7000);
  });

  test('entries of other nodes are not ours', async () => {
    machine.setFile('/etc/pve/mapping/pci.cfg', poolConfig(1).replace('node=pve1', 'node=pve2'));
    expect(await start(101, config)).toBe(0);
    expect(pokes).toEqual([]);
  });

  test('that does not exist is left to PVE', async () => {
    expect(await start(101, config)).toBe(0);
    expect(pokes).toEqual([]);
  });
});

describe('the whole GPU', () => {
  test.each([[`hostpci0: ${PF}`], ['hostpci0: 0000:00:02'], ['hostpci0: 00:02'], ['hostpci1: 0000:00:1f.3;0000:00:02.0']])(
    '%s is refused while VFs exist',
    async (config) => {
      makeVfs(machine, 7);
      bindTo(machine, vf(2), 'vfio-pci');
      runGuest(102, `${vf(2)} 102 pid:1020\n`);
      expect(await start(101, `${config}\n`)).toBe(1);
      expect(pokes).toEqual([]);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(
        /^VM 101 is not started: hostpci\d passes the whole GPU 0000:00:02.0.*7 VFs exist; 0000:00:02.2 is in use by VM 102/,
      );
    },
  );

  test('without VFs it starts, and its driver is not touched', async () => {
    const called: string[] = [];
    expect(await start(101, `hostpci0: ${PF},legacy-igd=1\n`, { onWholeGpu: () => called.push('whole') })).toBe(0);
    expect(called).toEqual(['whole']);
    expect(pokes).toEqual([]);
    expect(driverOf(machine, PF)).toBe('i915');
  });

  test('that cannot be looked at is refused', async () => {
    unreadable = (path) => (path === `${SYS}/${PF}` && accesses.at(-1)?.startsWith('list') ? 'EIO' : undefined);
    expect(await start(101, `hostpci0: ${PF}\n`)).toBe(1);
  });

  test('of another vendor is none of our business', async () => {
    machine.setFile(`${SYS}/0000:01:00.0/class`, '0x030000\n');
    machine.setFile(`${SYS}/0000:01:00.0/vendor`, '0x10de\n');
    await memoryHost(machine.tree).lock('/run/pveigpu/device.lock', { timeoutMs: 10 });
    const onWholeGpu = () => lines.push('whole');
    expect(await start(101, 'hostpci0: 0000:01:00\n', { lockHeld: false, lockWaitMs: 5, onWholeGpu })).toBe(0);
    expect(lines).toEqual([]);
  });

  test('is refused when somebody else changes devices all the time', async () => {
    const held = await memoryHost(machine.tree).lock('/run/pveigpu/device.lock', { timeoutMs: 10 });
    expect(held.ok).toBe(true);
    expect(await start(101, `hostpci0: ${PF}\n`, { lockHeld: false, lockWaitMs: 5 })).toBe(1);
    expect(await start(102, `hostpci0: ${vf(1)}\n`, { lockHeld: false, lockWaitMs: 5 })).toBe(0);
    expect(pokes).toEqual([]);
  });
});

test.each([
  ['no passthrough', 'memory: 64\n'],
  ['a mediated device', `hostpci0: ${PF},mdev=i915-GVTg_V5_4\n`],
  ['another device', 'hostpci0: 0000:00:1f.3\n'],
  ['an entry that PVE cannot read', 'hostpci0: nonsense\n'],
  ['a slice only in a snapshot', `memory: 64\n\n[before]\nhostpci0: ${PF}\n`],
  ['a slice that is only pending', `memory: 64\n\n[PENDING]\nhostpci0: ${PF}\n`],
])('%s: nothing to do', async (_name, config) => {
  makeVfs(machine, 7);
  expect(await start(101, config)).toBe(0);
  expect(pokes).toEqual([]);
  expect(lines).toEqual([]);
});

test('at post-stop it is only looked whether anything is or was handed over', async () => {
  expect(await start(101, `hostpci0: ${vf(3)}\n`, { phase: 'post-stop' })).toBe(0);
  expect(accesses).toEqual([
    expect.stringContaining('/run/pveigpu/handover'),
    expect.stringContaining('/run/pveigpu/given-back'),
  ]);
});

test.each(['post-start', 'pre-stop', 'pre-clone'])('nothing is even read at %s', async (phase) => {
  expect(await start(101, `hostpci0: ${vf(3)}\n`, { phase })).toBe(0);
  expect(accesses).toEqual([]);
});
