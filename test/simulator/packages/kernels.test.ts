// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import type { Profile } from '../../../src/simulator/profile.ts';
import { RAPTOR_LAKE_S, RAPTOR_LAKE_S_UNTOUCHED, ROCKET_LAKE } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { APT, packageNode } from './package-node.ts';

const LOADERS: readonly Profile['loader'][] = ['grub', 'systemd-boot', 'pbt-grub', 'pbt-systemd-boot'];

test.each(LOADERS)('on %s a newer kernel package is what starts next', async (loader) => {
  const { must, node, release } = packageNode({ ...RAPTOR_LAKE_S_UNTOUCHED, loader });
  const text = await must(...APT, 'install', 'proxmox-kernel-7.0.16-1-pve-signed');
  expect(text).toContain('Setting up proxmox-kernel-7.0.16-1-pve-signed (7.0.16-1) ...');
  expect(text).toContain('update-initramfs: Generating /boot/initrd.img-7.0.16-1-pve');
  expect(await node.reboot()).toEqual({ booted: true });
  expect(release()).toBe('7.0.16-1-pve');
});

test.each(LOADERS)('on %s a new kernel that goes before it ever ran leaves nothing', async (loader) => {
  const { must, node, release } = packageNode({ ...RAPTOR_LAKE_S_UNTOUCHED, loader });
  const before = node.persistentFiles();
  await must(...APT, 'install', 'proxmox-kernel-7.0.16-1-pve-signed');
  await must(...APT, 'remove', 'proxmox-kernel-7.0.16-1-pve-signed');
  expect(node.persistentFiles()).toEqual(before);
  expect(await node.reboot()).toEqual({ booted: true });
  expect(release()).toBe('7.0.14-12-pve');
});

test('headers of the default kernel come with its series, and apt says so before', async () => {
  const { must, run } = packageNode(ROCKET_LAKE);
  const plan = await must(...APT, '-s', 'install', 'proxmox-default-headers');
  expect(plan).toContain('Inst proxmox-headers-7.0.16-1-pve (7.0.16-1 Proxmox:13.2/stable [amd64])');
  expect((await run('dpkg', '--audit')).stdout).toBe('');
  expect(await run('apt-cache', 'policy', 'proxmox-headers-6.17.9-1-pve')).toMatchObject({
    stdout:
      'proxmox-headers-6.17.9-1-pve:\n  Installed: (none)\n  Candidate: 6.17.9-1\n  Version table:\n     6.17.9-1 500\n' +
      '        500 http://download.proxmox.com/debian/pve trixie/pve-no-subscription amd64 Packages\n',
  });
  await must(...APT, 'install', 'proxmox-headers-6.17.9-1-pve');
  expect((await run('apt-cache', 'policy', 'proxmox-headers-6.17.9-1-pve')).stdout).toContain(
    ' *** 6.17.9-1 500\n        500 http://download.proxmox.com/debian/pve trixie/pve-no-subscription amd64 Packages\n        100 /var/lib/dpkg/status\n',
  );
});

test('where DKMS has a driver, a new kernel gets it when its headers are there first', async () => {
  const { must, node, run } = packageNode(RAPTOR_LAKE_S);
  const text = await must(...APT, 'install', 'proxmox-headers-7.0.14-12-pve', 'proxmox-kernel-7.0.14-12-pve-signed');
  expect(text).toContain('Autoinstall on 7.0.14-12-pve succeeded for module(s) i915-sriov-dkms.');
  expect((await run('dkms', 'status')).stdout).toBe(
    'i915-sriov-dkms/2026.05.06, 6.17.9-1-pve, x86_64: installed (Original modules exist)\n' +
      'i915-sriov-dkms/2026.05.06, 7.0.14-12-pve, x86_64: installed (Original modules exist)\n',
  );
  await node.reboot();
  expect((await run('dmesg')).stdout).toContain('Running in SR-IOV PF mode');
});

test('without headers the new kernel has only its own driver', async () => {
  const { must, node, run } = packageNode(RAPTOR_LAKE_S);
  const text = await must(...APT, 'install', 'proxmox-kernel-7.0.14-12-pve-signed');
  expect(text).toContain('Automatic installation of modules for kernel 7.0.14-12-pve was skipped since the kernel headers');
  await node.reboot();
  expect((await run('dmesg')).stdout).toContain("unknown parameter 'max_vfs' ignored");
});

test('the hook of Proxmox keeps proxmox-ve', async () => {
  const { run } = packageNode(ROCKET_LAKE);
  const answer = await run(...APT, 'remove', 'proxmox-default-kernel');
  expect(answer).toMatchObject({ exitCode: 100, stderr: expect.stringContaining('pve-apt-hook') });
});
