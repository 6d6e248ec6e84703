// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, describe, expect, test } from 'vitest';
import { configureGuests, hook } from '../product/guest-hook.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { installPokeShim } from '../product/poke-shim.ts';
import { boundVfs, GPU } from '../product/reset-machine.ts';
import { FULL, withMachine } from './with-machine.ts';

const PINNED = '0000:00:02.5';

/** A GPU's answer to a mode, from `verdict --json`. */
function answerOf(text: string, bdf: string, mode: string): string | undefined {
  const verdict = JSON.parse(text) as { gpus: { bdf: string; modes: { mode: string; answer: string }[] }[] };
  return verdict.gpus.find((gpu) => gpu.bdf === bdf)?.modes.find((one) => one.mode === mode)?.answer;
}

withMachine('a host without IOMMU', { mode: 'fast', iommu: false }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}\n${configureGuests({ 201: PINNED })}\nmodprobe i915`);
    await installPokeShim(machine());
  });

  test('vfio-pci refuses every VF: the hook tries one, says so and lets PVE go on', async () => {
    const answer = await hook(machine(), 201);
    expect(answer.code).toBe(0);
    expect(answer.writes.filter((write) => write.includes('drivers_probe'))).toEqual([`/sys/bus/pci/drivers_probe ${PINNED}`]);
    expect(answer.stderr).toContain(`vfio-pci did not take ${PINNED}`);
    expect(answer.stderr).toContain('not tried after that: 0000:00:02.1, 0000:00:02.2, 0000:00:02.3, 0000:00:02.4, 0000:00:02.6');
    expect(await boundVfs(machine())).toEqual([1, 2, 3, 4, 5, 6, 7].map((vf) => `0000:00:02.${vf} none`));
    // The kernel's own word for it: the write of the probe is a success.
    expect((await machine().shell(`echo ${PINNED} > /sys/bus/pci/drivers_probe`)).code).toBe(0);
    await machine().must(`echo 0 > ${GPU}/sriov_numvfs`);
  });

  test('no VF is left behind that no guest could use', async () => {
    const answer = await pveigpu(machine(), 'vf create 2 --yes');
    expect(answer.code, answer.stdout).not.toBe(0);
    expect(`${answer.stdout}${answer.stderr}`).toMatch(/IOMMU/);
    expect((await boundVfs(machine())).filter((line) => line.endsWith('vfio-pci'))).toEqual([]);
  });
});

withMachine('a GPU without SR-IOV', { mode: 'fast', gpu: { device: 0x5917, totalVfs: 0, revision: 7 } }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}; modprobe i915 enable_gvt=1 enable_guc=0; modprobe kvmgt`);
  });

  test('sriov is no, gvt-g is not', async () => {
    const verdict = await pveigpu(machine(), 'verdict --json');
    expect(verdict.code, verdict.stderr).toBe(0);
    expect(answerOf(verdict.stdout, '0000:00:02.0', 'sriov')).toBe('no');
    expect(answerOf(verdict.stdout, '0000:00:02.0', 'gvt-g')).not.toBe('no');
    const create = await pveigpu(machine(), 'vf create 2 --yes');
    expect(create.code).toBe(6);
  });

  test('its mediated devices are seen', async () => {
    const uuid = '8afd6be6-3e6a-11e9-ac86-571db62e56d6';
    await machine().must(`echo ${uuid} > /sys/bus/pci/devices/0000:00:02.0/mdev_supported_types/i915-GVTg_V5_8/create`);
    const status = await pveigpu(machine(), 'status --json');
    expect(status.code, status.stderr).toBe(0);
    expect(status.stdout).toContain(uuid);
  });
});

const SEVERAL = { mode: 'fast', gpu: { device: 0xa780 }, card: { device: 0x56c0, class: 0x038000 }, otherDisplay: true } as const;
withMachine('several GPUs', SEVERAL, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    // The card belongs to xe, which needs to be told; i915 is told to leave it alone.
    await machine().must(`${EMPTY_PVE_NODE}; modprobe i915 'force_probe=!56c0'; modprobe xe rig_force=1 force_probe=56c0`);
  });

  test('VF addresses come from the kernel, not from arithmetic', async () => {
    const answer = await pveigpu(machine(), 'vf create 3 --gpu 0000:01:00.0 --yes');
    expect(answer.code, answer.stderr).toBe(0);
    // Offset 128 and stride 2 of igb.
    const wanted = ['0000:01:10.0 vfio-pci', '0000:01:10.2 vfio-pci', '0000:01:10.4 vfio-pci'];
    expect(await boundVfs(machine(), '/sys/bus/pci/devices/0000:01:00.0')).toEqual(wanted);
    expect(await boundVfs(machine())).toEqual([]);
  });

  test('which GPU is meant must be said when several qualify', async () => {
    const answer = await pveigpu(machine(), 'vf create 2 --yes');
    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain('--gpu');
  });
});

/** Ids of other generations, and whether i915-sriov-dkms makes VFs of them. */
const GENERATIONS = [
  [0x9a49, 'yes'],
  [0xa7a0, 'yes'],
  [0x7d55, 'yes'],
  [0x4c8a, 'no'],
] as const;
for (const [device, sriov] of FULL ? GENERATIONS : GENERATIONS.slice(2)) {
  const id = device.toString(16);
  withMachine(`generation ${id}`, { mode: 'fast', gpu: { device } }, (machine) => {
    test(`sriov is ${sriov} for ${id}`, async () => {
      await installProduct(machine());
      await machine().must(`${EMPTY_PVE_NODE}; modprobe i915 rig_sriov=${sriov === 'yes' ? 1 : 0}`);
      const verdict = await pveigpu(machine(), 'verdict --json');
      expect(answerOf(verdict.stdout, '0000:00:02.0', 'sriov'), verdict.stderr).toBe(sriov);
      const create = await pveigpu(machine(), 'vf create 2 --yes');
      expect(create.code, create.stderr).toBe(sriov === 'yes' ? 0 : 6);
      expect(await boundVfs(machine())).toHaveLength(sriov === 'yes' ? 2 : 0);
    });
  });
}

// Without RIG=full the boots of boot-vfs.case.ts are the ones with systemd.
describe.runIf(FULL)('with udev', () => {
  withMachine('booted with systemd', { mode: 'systemd' }, (machine) => {
    test('i915 is loaded by udev and status works', async () => {
      await installProduct(machine());
      await machine().must(
        'for n in $(seq 100); do [ -e /sys/bus/pci/devices/0000:00:02.0/driver ] && exit 0; sleep 0.2; done; exit 1',
      );
      await machine().must(EMPTY_PVE_NODE);
      const status = await pveigpu(machine(), 'status --json');
      expect(status.code, status.stderr).toBe(0);
      expect(JSON.parse(status.stdout).gpus[0]).toMatchObject({ driver: 'i915', vfs: { existing: 0, total: 7 } });
    });
  });
});
