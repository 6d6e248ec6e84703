// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/simulator/profile.ts';
import {
  ALDER_LAKE_N,
  RAPTOR_LAKE_P,
  RAPTOR_LAKE_S,
  RAPTOR_LAKE_S_UNTOUCHED,
} from '../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode, type SimulatedNode } from '../../src/simulator/simulated-node.ts';

const GPU = '0000:00:02.0';
const CONF = '/etc/modprobe.d/test.conf';
const LOADERS: readonly Profile['loader'][] = ['grub', 'systemd-boot', 'pbt-grub', 'pbt-systemd-boot'];

function parameter(node: SimulatedNode, name: string): string | undefined {
  return node.machine.tree.text(`/sys/module/${name.replace('.', '/parameters/')}`)?.trim();
}

async function dmesg(node: SimulatedNode): Promise<string> {
  const answer = await node.run(['dmesg']);
  return answer.ok ? answer.value.stdout : '';
}

describe('the initramfs decides', () => {
  test('a changed option counts only after update-initramfs and a reboot', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S_UNTOUCHED);
    await node.writeAtomic(CONF, 'options i915 enable_guc=0\n');
    await node.reboot();
    expect(parameter(node, 'i915.enable_guc')).toBe('-1');
    expect(await node.run(['update-initramfs', '-u'])).toMatchObject({ ok: true, value: { exitCode: 0 } });
    expect(parameter(node, 'i915.enable_guc')).toBe('-1');
    await node.reboot();
    expect(parameter(node, 'i915.enable_guc')).toBe('0');
  });

  test.each(LOADERS)('on %s the copy that the loader reads is renewed', async (loader) => {
    const node = createSimulatedNode({ ...RAPTOR_LAKE_S_UNTOUCHED, loader });
    await node.writeAtomic(CONF, 'blacklist i915\nblacklist xe\n');
    await node.run(['update-initramfs', '-u', '-k', 'all']);
    expect(await node.reboot()).toEqual({ booted: true });
    expect(node.machine.kernel.driverOf(GPU)).toBeNull();
    expect(node.machine.tree.text('/proc/cmdline')).toMatch(
      loader.endsWith('grub') ? /^BOOT_IMAGE=\S*vmlinuz/ : /^initrd=\\\S+ /,
    );
  });

  test('a blacklist only on the root file system does not help a module that the initramfs loads', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S_UNTOUCHED);
    await node.writeAtomic(CONF, 'blacklist i915\nblacklist xe\n');
    await node.reboot();
    expect(node.machine.kernel.driverOf(GPU)).toBe('i915');
  });

  test('a module that is missing in the old initramfs copy of modules.dep: the stock one wins until it is rebuilt', async () => {
    const node = createSimulatedNode({ ...RAPTOR_LAKE_P, secureBoot: false });
    const dep = `/lib/modules/${RAPTOR_LAKE_P.kernelRelease}/modules.dep`;
    const text = node.machine.tree.text(dep) ?? '';
    node.machine.tree.setFile(dep, text.replace(/^kernel\/\S*\/i915\.ko:/m, 'updates/dkms/i915.ko:'));
    node.machine.tree.setFile(dep.replace('modules.dep', 'updates/dkms/i915.ko'), 'simulated module\n');
    await node.reboot();
    expect(await dmesg(node)).toContain("unknown parameter 'max_vfs' ignored");
    await node.run(['update-initramfs', '-u']);
    await node.reboot();
    expect(await dmesg(node)).toContain('Running in SR-IOV PF mode');
  });
});

describe('module configuration', () => {
  async function bootedWith(config: string, profile = RAPTOR_LAKE_S_UNTOUCHED): Promise<SimulatedNode> {
    const node = createSimulatedNode(profile);
    await node.writeAtomic(CONF, config);
    await node.run(['update-initramfs', '-u']);
    expect(await node.reboot()).toEqual({ booted: true });
    return node;
  }

  test('softdep loads vfio-pci before, and ids= takes the GPU', async () => {
    const node = await bootedWith('softdep i915 pre: vfio-pci\noptions vfio-pci ids=8086:a780\n');
    expect(node.machine.kernel.driverOf(GPU)).toBe('vfio-pci');
  });

  test('ids= without the softdep comes too late', async () => {
    const node = await bootedWith('options vfio-pci ids=8086:a780\n');
    expect(node.machine.kernel.driverOf(GPU)).toBe('i915');
  });

  test('install /bin/false keeps a module out, a continued line is one', async () => {
    const node = await bootedWith('install i915 /bin/false\noptions xe \\\n force_probe=a780\n');
    expect(node.machine.kernel.driverOf(GPU)).toBe('xe');
    expect(parameter(node, 'xe.force_probe')).toBe('a780');
  });

  test('the kernel command line wins over modprobe.d', async () => {
    const node = await bootedWith('options xe max_vfs=2\n', ALDER_LAKE_N);
    expect(parameter(node, 'xe.max_vfs')).toBe('7');
  });

  test('i915.force_probe=!id leaves the GPU to xe', async () => {
    const node = await bootedWith('options i915 force_probe=!a780\noptions xe force_probe=a780\n');
    expect(node.machine.kernel.driverOf(GPU)).toBe('xe');
    expect(await dmesg(node)).toContain('I915 probe blocked for Device ID a780.');
  });

  test('a bad value keeps the module out', async () => {
    const node = await bootedWith('options i915 enable_guc=many\n');
    expect(node.machine.kernel.driverOf(GPU)).toBeNull();
    expect(await dmesg(node)).toContain("i915: `many' invalid for parameter `enable_guc'");
  });

  test('module_blacklist= on the command line refuses every load', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    expect(node.machine.kernel.modprobe('xe')).toBe('EPERM');
    expect(await node.run(['modprobe', 'xe'])).toMatchObject({
      value: { exitCode: 1, stderr: expect.stringContaining('not permitted') },
    });
    expect(await node.run(['modprobe', 'nosuch'])).toMatchObject({ value: { stderr: expect.stringContaining('not found') } });
  });
});

describe('VFs at boot', () => {
  test.each([
    ['/etc/sysfs.conf', 'devices/pci0000:00/0000:00:02.0/sriov_numvfs = 3\n'],
    ['/etc/sysfs.d/gpu.conf', '# VFs\nbus/pci/devices/0000:00:02.0/sriov_numvfs=3'],
    ['/etc/tmpfiles.d/i915.conf', '#w /sys/x - - - - 9\nw /sys/devices/pci0000:00/0000:00:02.0/sriov_numvfs - - - - 3\n'],
  ])('%s makes them', async (path, text) => {
    const node = createSimulatedNode({ ...RAPTOR_LAKE_S, files: { [path]: text } });
    expect(await node.readLink(`/sys/bus/pci/devices/${GPU}/virtfn2`)).toMatchObject({ kind: 'content' });
    await node.remove(path);
    await node.reboot();
    expect(await node.readLink(`/sys/bus/pci/devices/${GPU}/virtfn0`)).toEqual({ kind: 'absent' });
  });
});

describe('a reboot', () => {
  test('clears what is in memory and keeps files', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    await node.poke(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '3');
    await node.mkdir('/run/pveigpu');
    await node.writeAtomic('/root/note', 'kept');
    const process = node.machine.kernel.startProcess({ command: 'sleep', argv: ['sleep'], open: [] });
    await node.reboot();
    expect(node.machine.tree.get(`/sys/bus/pci/devices/${GPU}/virtfn0`)).toBeUndefined();
    expect(node.machine.tree.get('/run/pveigpu')).toBeUndefined();
    expect(node.machine.tree.get(`/proc/${process.pid}/comm`)).not.toBe('sleep\n');
    expect(node.machine.tree.text('/root/note')).toBe('kept');
    expect(await dmesg(node)).not.toContain('Enabled 3 VFs');
  });

  test.each<[string, Profile['loader'], (node: SimulatedNode) => void, RegExp]>([
    [
      'no initramfs',
      'grub',
      ({ machine }) => machine.tree.remove(`/boot/initrd.img-${machine.profile.kernelRelease}`),
      /initramfs .* missing/,
    ],
    [
      'no kernel',
      'grub',
      ({ machine }) => machine.tree.remove(`/boot/vmlinuz-${machine.profile.kernelRelease}`),
      /kernel .* missing/,
    ],
    [
      'half an initramfs',
      'grub',
      ({ machine }) => machine.tree.setFile(`/boot/initrd.img-${machine.profile.kernelRelease}`, '{"simul'),
      /incomplete/,
    ],
    ['no configuration', 'grub', ({ machine }) => machine.tree.remove('/boot/grub/grub.cfg'), /finds no/],
    [
      'a broken configuration',
      'grub',
      ({ machine }) => machine.tree.setFile('/boot/grub/grub.cfg', 'menuentry {\n'),
      /cannot read/,
    ],
    [
      'no root=',
      'grub',
      ({ machine }) =>
        machine.tree.setFile('/boot/grub/grub.cfg', (machine.tree.text('/boot/grub/grub.cfg') ?? '').replace('root=', 'toor=')),
      /no root=/,
    ],
  ])('does not come up with %s', async (_what, loader, damage, reason) => {
    const node = createSimulatedNode({ ...RAPTOR_LAKE_S, loader });
    damage(node);
    expect(await node.reboot()).toEqual({ booted: false, reason: expect.stringMatching(reason) });
    expect(await node.list('/sys')).toEqual({ kind: 'absent' });
    expect(() => node.machine.kernel).toThrow('not running');
  });
});
