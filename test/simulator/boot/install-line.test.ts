// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { overrideLine } from '../../../src/core/modules/override-line.ts';
import { parseBdf } from '../../../src/core/pci/address.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { APOLLO_LAKE } from '../../../src/simulator/profiles/older.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';

const GPU = '0000:00:02.0';
const RELEASE = APOLLO_LAKE.kernelRelease;

function line(module: string, device: string): string {
  const bdf = parseBdf(GPU);
  if (!bdf.ok) throw new Error(bdf.problem.message);
  return `${overrideLine(module, [{ bdf: bdf.value, device, vfioDriver: 'vfio-pci' }])}\n`;
}

/** With the graphics driver in the initramfs, and without, as Debian's own is. */
const EARLY: Profile = { ...APOLLO_LAKE, earlyGraphics: true };
const LATE: Profile = { ...APOLLO_LAKE, earlyGraphics: false };

async function booted(modprobe: string, profile: Profile = EARLY, rebuilds = true): Promise<SimulatedNode> {
  const node = createSimulatedNode(profile);
  await node.writeAtomic('/etc/modprobe.d/pveigpu.conf', modprobe);
  await node.mkdir('/etc/modules-load.d');
  await node.writeAtomic('/etc/modules-load.d/pveigpu.conf', 'vfio-pci\n');
  if (rebuilds) await node.run(['update-initramfs', '-u', '-k', RELEASE]);
  expect(await node.reboot()).toEqual({ booted: true });
  return node;
}

describe('an install line that gives a function to vfio-pci', () => {
  test('vfio-pci has it after the boot, and the graphics driver is loaded without it', async () => {
    const node = await booted(line('i915', '5a85'));
    expect(node.machine.kernel.driverOf(GPU)).toBe('vfio-pci');
    expect(await node.list('/sys/module/i915')).toMatchObject({ kind: 'content' });
    expect(node.machine.tree.text(`/sys/bus/pci/devices/${GPU}/driver_override`)).toBe('vfio-pci\n');
    expect((await node.list('/dev/dri')).kind).toBe('absent');
  });

  test('it comes too late while the initramfs is the old one', async () => {
    const node = await booted(line('i915', '5a85'), EARLY, false);
    expect(node.machine.kernel.driverOf(GPU)).toBe('i915');
  });

  test('where vfio-pci comes first it needs the line as well, else the function belongs to nobody', async () => {
    const alone = await booted(line('i915', '5a85'), LATE);
    expect(alone.machine.kernel.driverOf(GPU)).toBeNull();
    const both = await booted(line('i915', '5a85') + line('vfio-pci', '5a85'), LATE);
    expect(both.machine.kernel.driverOf(GPU)).toBe('vfio-pci');
    expect(await both.list('/sys/module/i915')).toMatchObject({ kind: 'content' });
  });

  test('it needs no new initramfs where that has no graphics driver', async () => {
    const node = await booted(line('i915', '5a85') + line('vfio-pci', '5a85'), LATE, false);
    expect(node.machine.kernel.driverOf(GPU)).toBe('vfio-pci');
  });

  test('it holds when the module is loaded on the running system', async () => {
    const node = await booted(`blacklist i915\n${line('i915', '5a85')}`);
    expect(node.machine.kernel.driverOf(GPU)).toBeNull();
    expect(await node.run(['modprobe', 'i915'])).toMatchObject({ value: { exitCode: 0 } });
    expect(node.machine.tree.text(`/sys/bus/pci/devices/${GPU}/driver_override`)).toBe('vfio-pci\n');
    // vfio-pci was there before, and nobody asks it again.
    expect(node.machine.kernel.driverOf(GPU)).toBeNull();
    await node.poke('/sys/bus/pci/drivers_probe', GPU);
    expect(node.machine.kernel.driverOf(GPU)).toBe('vfio-pci');
  });

  test('another card in the slot is left to its driver', async () => {
    const node = await booted(line('i915', '5a84'));
    expect(node.machine.kernel.driverOf(GPU)).toBe('i915');
    expect(node.machine.tree.text(`/sys/bus/pci/devices/${GPU}/driver_override`)).toBe('(null)\n');
  });

  test('a command that the simulated shell does not know is told, and the module stays out', async () => {
    const node = await booted('install i915 /usr/local/bin/hook\n');
    expect(node.machine.kernel.driverOf(GPU)).toBeNull();
    const log = await node.run(['dmesg']);
    expect(log).toMatchObject({ value: { stdout: expect.stringContaining('does not know the install command of i915') } });
  });
});

describe('an initramfs', () => {
  test('lists what it holds, and says when it is cut short', async () => {
    const node = createSimulatedNode(EARLY);
    const image = `/boot/initrd.img-${RELEASE}`;
    const listed = await node.run(['lsinitramfs', image]);
    const lines = listed.ok ? listed.value.stdout.split('\n') : [];
    expect(lines).toContain('etc/modprobe.d/pve-blacklist.conf');
    expect(lines).toContain(`usr/lib/modules/${RELEASE}/kernel/drivers/gpu/drm/i915/i915.ko`);
    expect(lines).not.toContain('etc/modprobe.d/pveigpu.conf');
    const usual = await createSimulatedNode(LATE).run(['lsinitramfs', image]);
    expect(usual).toMatchObject({ value: { stdout: expect.not.stringContaining('i915.ko') } });
    const text = node.machine.tree.text(image) ?? '';
    node.machine.tree.setFile(image, text.slice(0, 500));
    expect(await node.run(['lsinitramfs', image])).toMatchObject({
      value: { exitCode: 2, stderr: expect.stringContaining('premature') },
    });
    expect(await node.run(['lsinitramfs', '/boot/none'])).toMatchObject({ value: { exitCode: 1 } });
  });

  test('of one kernel does not start another', async () => {
    const node = createSimulatedNode({ ...APOLLO_LAKE, otherKernels: ['6.14.11-4-pve'] });
    node.machine.tree.setFile(`/boot/initrd.img-${RELEASE}`, node.machine.tree.text('/boot/initrd.img-6.14.11-4-pve') ?? '');
    expect(await node.reboot()).toEqual({ booted: false, reason: expect.stringContaining('is for 6.14.11-4-pve') });
  });
});
