// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootVfs } from '../../src/app/boot.ts';
import { runHook } from '../../src/app/run-hook.ts';
import { planVfRemove } from '../../src/app/vf.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { PowerCut } from './engine/rig.ts';
import { Simulated } from './simulated.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';
const NOTE = '/run/pveigpu/unfinished-0000:00:02.0';
const all = (driver: string | null) => Array.from({ length: 7 }, () => driver);
const ONLY_ITS_OWN = all(null).map((none, index) => (index === 2 ? 'vfio-pci' : none));

/** A node on which VM 101 takes the third VF, and a switch that ends whoever changes something for the n-th time. */
function nodeWithSwitch() {
  const profile = findProfile('raptor-lake-s');
  if (profile === undefined) throw new Error('no profile');
  let left = Number.POSITIVE_INFINITY;
  const changes: string[] = [];
  const beforeOperation = (operation: string, path: string) => {
    if (!['writeAtomic', 'poke', 'mkdir', 'remove', 'run'].includes(operation)) return;
    if (changes.length >= left) throw new PowerCut();
    changes.push(`${operation} ${path}`);
  };
  const node = new Simulated(profile, { faults: { beforeOperation } });
  node.writeConfig(101, 'memory: 64\nhostpci0: 0000:00:02.3\n');
  const { kernel, tree } = node.node.machine;
  return {
    node,
    kernel,
    tree,
    hook: async () => await runHook(node.context, { vmid: 101, phase: 'pre-start', lockHeld: false }),
    /** What is changed meanwhile, at most so many times. */
    changes: async (work: () => Promise<unknown>, most = Number.POSITIVE_INFINITY) => {
      changes.length = 0;
      left = most;
      if (Number.isFinite(most)) await expect(work(), `cut at ${most}`).rejects.toThrow(PowerCut);
      else await work();
      left = Number.POSITIVE_INFINITY;
      return [...changes];
    },
    drivers: () => [1, 2, 3, 4, 5, 6, 7].map((number) => kernel.driverOf(`0000:00:02.${number}`) ?? null),
    noted: () => tree.text(NOTE) !== undefined,
  };
}

type Rig = ReturnType<typeof nodeWithSwitch>;

/** The boot unit makes VFs of what is desired alone. */
function desireVfs({ tree }: Rig): void {
  const id = (name: string) => (tree.text(`${PF}/${name}`) ?? '').trim().replace(/^0x/, '');
  const key = `0000:00:02.0 ${id('vendor')}:${id('device')} ${id('subsystem_vendor')}:${id('subsystem_device')}`;
  tree.setFile('/var/lib/pveigpu/desired.json', JSON.stringify({ format: 1, gpus: { [key]: { mode: 'sriov', numVfs: 7 } } }));
}

describe.each(['hook', 'boot unit'])('a %s that is killed while it makes the VFs', (who) => {
  const make = (rig: Rig) => async () => (who === 'hook' ? await rig.hook() : await bootVfs(rig.node.context));
  const fresh = () => {
    const rig = nodeWithSwitch();
    if (who !== 'hook') desireVfs(rig);
    return rig;
  };

  test('at any change: the next start of the guest binds all of them, and a later one changes nothing', async () => {
    const whole = fresh();
    const total = (await whole.changes(make(whole))).length;
    expect(total).toBeGreaterThan(2 + 2 * 7);
    expect(whole.noted()).toBe(false);
    for (let at = 0; at < total; at += 1) {
      const rig = fresh();
      await rig.changes(make(rig), at);
      expect(await rig.hook(), `cut at ${at}`).toBe(0);
      expect(rig.drivers(), `cut at ${at}`).toEqual(all('vfio-pci'));
      expect(rig.noted(), `cut at ${at}`).toBe(false);
      expect(await rig.changes(rig.hook), `cut at ${at}`).toEqual([]);
    }
  });
});

describe('VFs without a driver', () => {
  test('that somebody made and keeps unbound are left alone', async () => {
    const { kernel, hook, drivers } = nodeWithSwitch();
    kernel.write(`${PF}/sriov_drivers_autoprobe`, '0');
    kernel.write(`${PF}/sriov_numvfs`, '7');
    expect(await hook()).toBe(0);
    expect(drivers()).toEqual(ONLY_ITS_OWN);
  });

  test('of a killed hook are left alone once somebody has turned autoprobe on, and the note goes', async () => {
    const rig = nodeWithSwitch();
    const whole = nodeWithSwitch();
    const untilItsOwn = (await whole.changes(whole.hook)).findIndex((change) => change.endsWith('drivers_probe')) + 1;
    await rig.changes(rig.hook, untilItsOwn);
    expect(rig.drivers()).toEqual(ONLY_ITS_OWN);
    rig.kernel.write(`${PF}/sriov_drivers_autoprobe`, '1');
    expect(await rig.hook()).toBe(0);
    expect(rig.drivers()).toEqual(ONLY_ITS_OWN);
    expect(rig.noted()).toBe(false);
  });

  test('that somebody made after those of a killed hook were removed are left alone', async () => {
    const rig = nodeWithSwitch();
    const whole = nodeWithSwitch();
    const untilItsOwn = (await whole.changes(whole.hook)).findIndex((change) => change.endsWith('drivers_probe')) + 1;
    await rig.changes(rig.hook, untilItsOwn);
    expect(rig.noted()).toBe(true);
    expect((await rig.node.carryOut(async () => await planVfRemove(rig.node.context, {}))).ok).toBe(true);
    expect(rig.noted()).toBe(false);
    rig.kernel.write(`${PF}/sriov_drivers_autoprobe`, '0');
    rig.kernel.write(`${PF}/sriov_numvfs`, '7');
    expect(await rig.hook()).toBe(0);
    expect(rig.drivers()).toEqual(ONLY_ITS_OWN);
  });

  test('are none where the kernel refused to make them, and no note is left', async () => {
    const rig = nodeWithSwitch();
    rig.node.node.inject({ enableErrno: 'EIO' });
    expect(await rig.hook()).toBe(0);
    expect(rig.drivers()).toEqual(all(null));
    expect(rig.noted()).toBe(false);
  });
});

test('a late write of a killed hook that takes the VF from i915 first is no failure', async () => {
  const profile = findProfile('raptor-lake-s');
  if (profile === undefined) throw new Error('no profile');
  const UNBIND = '/sys/bus/pci/drivers/i915/unbind';
  let late = 0;
  const beforeOperation = (operation: string, path: string) => {
    if (operation !== 'poke' || path !== UNBIND || late > 0) return;
    late += 1;
    expect(node.node.machine.kernel.write(UNBIND, '0000:00:02.3')).toBe('ok');
  };
  const node: Simulated = new Simulated(profile, { faults: { beforeOperation } });
  node.writeConfig(101, 'memory: 64\nhostpci0: 0000:00:02.3\n');
  const { kernel } = node.node.machine;
  kernel.write(`${PF}/sriov_drivers_autoprobe`, '1');
  kernel.write(`${PF}/sriov_numvfs`, '7');
  expect(kernel.driverOf('0000:00:02.3')).toBe('i915');
  expect(await runHook(node.context, { vmid: 101, phase: 'pre-start', lockHeld: false })).toBe(0);
  expect([late, kernel.driverOf('0000:00:02.3')]).toEqual([1, 'vfio-pci']);
});
