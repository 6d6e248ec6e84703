// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { emptyPools, gvtgTypes } from '../../src/simulator/kernel/gvtg-types.ts';
import { vfAddress } from '../../src/simulator/kernel/sriov.ts';
import { ARC_PRO } from '../../src/simulator/profiles/several.ts';
import { RAPTOR_LAKE_S } from '../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode } from '../../src/simulator/simulated-node.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';

describe('the Host port', () => {
  test('an unknown program or argument is thrown, not answered', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    await expect(node.run(['lspci', '-nn'])).rejects.toThrow('has no "lspci -nn"');
    await expect(node.run(['dmesg', '--human'])).rejects.toThrow('dmesg --human');
    await expect(node.run(['toString'])).rejects.toThrow('toString');
    expect(await node.run(['/usr/bin/uname', '-r'])).toMatchObject({ value: { stdout: '6.17.9-1-pve\n' } });
  });

  test('a read that would hang is thrown without a time limit', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    const { kernel } = node.machine;
    kernel.modprobe('vfio-pci');
    kernel.write(`${PF}/sriov_drivers_autoprobe`, '0');
    kernel.write(`${PF}/sriov_numvfs`, '1');
    kernel.write(`${PF}/virtfn0/driver_override`, 'vfio-pci');
    kernel.write('/sys/bus/pci/drivers_probe', '0000:00:02.1');
    const guest = kernel.startProcess({ command: 'kvm', argv: ['/usr/bin/kvm', '-id', '101'], open: ['/dev/vfio/18'] });
    expect(node.machine.tree.text(`/proc/${guest.pid}/cgroup`)).toBe('0::/qemu.slice/101.scope\n');
    expect(await node.poke(`${PF}/sriov_numvfs`, '0')).toEqual({ kind: 'timeout' });
    await expect(node.read(`${PF}/sriov_numvfs`)).rejects.toThrow('would hang');
    kernel.endProcess(guest.pid);
    expect(await node.read(`${PF}/sriov_numvfs`)).toEqual({ kind: 'content', value: '0\n' });
  });

  test('faults: an errno, and a power cut after some operations', async () => {
    const full = createSimulatedNode(RAPTOR_LAKE_S, {
      faults: { errno: (name) => (name === 'writeAtomic' ? 'ENOSPC' : undefined) },
    });
    expect(await full.writeAtomic('/root/x', 'y')).toMatchObject({ ok: false, problem: { code: 'host.write' } });
    const readOnly = createSimulatedNode(RAPTOR_LAKE_S, { faults: { errno: () => 'EROFS' } });
    expect(await readOnly.writeAtomic('/root/x', 'y')).toMatchObject({ ok: false, problem: { code: 'host.read-only' } });
    expect(await readOnly.poke(`${PF}/sriov_numvfs`, '0')).toEqual({ kind: 'refused', errno: 'EROFS' });
    let left = 2;
    const beforeOperation = () => {
      left -= 1;
      if (left < 0) throw new Error('power cut');
    };
    const cut = createSimulatedNode(RAPTOR_LAKE_S, { faults: { beforeOperation } });
    await cut.writeAtomic('/root/1', '1');
    await cut.writeAtomic('/root/2', '2');
    await expect(cut.writeAtomic('/root/3', '3')).rejects.toThrow('power cut');
    expect(Object.keys(cut.persistentFiles()).filter((path) => /^\/root\/./.test(path))).toEqual(['/root/1', '/root/2']);
  });

  test('without quorum /etc/pve cannot be written, everything else can', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    node.machine.quorate = false;
    expect((await node.writeAtomic('/etc/pve/x', 'y')).ok).toBe(false);
    expect((await node.writeAtomic('/etc/x', 'y')).ok).toBe(true);
  });

  test('sysfs takes no new files', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    expect((await node.writeAtomic(`${PF}/new`, 'y')).ok).toBe(false);
    expect((await node.remove(`${PF}/vendor`)).ok).toBe(false);
    expect((await node.mkdir('/sys/new')).ok).toBe(false);
  });

  test('locks are granted in order, one at a time', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    const order: number[] = [];
    let inside = 0;
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const lock = await node.lock('/run/lock/test', { timeoutMs: 10_000 });
        inside += 1;
        expect(inside).toBe(1);
        await node.clock.sleep(100);
        order.push(number);
        inside -= 1;
        if (lock.ok) await lock.value.release();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test('the clock is the simulation’s own', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S, { startMs: 5_000 });
    await node.clock.sleep(60_000);
    expect(node.clock.nowMs()).toBe(65_000);
    expect(node.machine.nowMs()).toBe(65_000);
  });
});

describe('addresses and pools', () => {
  test.each([
    ['0000:00:02.0', 1, '0000:00:02.1'],
    ['0000:00:02.0', 7, '0000:00:02.7'],
    ['0000:00:02.0', 8, '0000:00:03.0'],
    ['0000:03:00.0', 256, '0000:04:00.0'],
    ['0000:01:1f.7', 1, '0000:02:00.0'],
  ])('%s and %i is %s', (pf, distance, vf) => {
    expect(vfAddress(pf, distance)).toBe(vf);
  });

  test('a second GPU has its own VFs, groups and nodes', async () => {
    const node = createSimulatedNode(ARC_PRO);
    const card = '/sys/bus/pci/devices/0000:03:00.0';
    for (const path of [PF, card]) {
      await node.poke(`${path}/sriov_drivers_autoprobe`, '0');
      expect(await node.poke(`${path}/sriov_numvfs`, '2')).toEqual({ kind: 'done' });
    }
    expect(await node.readLink(`${card}/virtfn1`)).toEqual({ kind: 'content', value: '../0000:03:00.2' });
    const group = async (path: string) => await node.readLink(`${path}/iommu_group`);
    expect(await group(`${PF}/virtfn0`)).toMatchObject({ value: expect.stringMatching(/\/20$/) });
    expect(await group(`${card}/virtfn0`)).toMatchObject({ value: expect.stringMatching(/\/22$/) });
    // Created again with one more, the third VF gets the lowest number that the card left free.
    await node.poke(`${PF}/sriov_numvfs`, '0');
    await node.poke(`${PF}/sriov_numvfs`, '3');
    expect(await group(`${PF}/virtfn1`)).toMatchObject({ value: expect.stringMatching(/\/21$/) });
    expect(await group(`${PF}/virtfn2`)).toMatchObject({ value: expect.stringMatching(/\/24$/) });
  });

  // Sizes as reported at https://github.com/intel/gvt-linux/issues/75 and /issues/122 for 256 MiB.
  test.each([
    [256, ['8', '4']],
    [512, ['8', '4', '2']],
    [1024, ['8', '4', '2', '1']],
  ])('an aperture of %i MiB offers these types', (aperture, suffixes) => {
    expect(gvtgTypes(9, aperture).map(({ id }) => id)).toEqual(suffixes.map((suffix) => `i915-GVTg_V5_${suffix}`));
    expect(gvtgTypes(8, aperture)[0]?.id).toBe('i915-GVTg_V4_8');
    expect(emptyPools(aperture)).toEqual({ lowMiB: aperture - 128, highMiB: 4096 - aperture - 384, fences: 28 });
  });
});
