// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseBoot } from '../../../src/app/sense/sense-boot.ts';
import { senseConfig } from '../../../src/app/sense/sense-config.ts';
import { ifKnown } from '../../../src/core/facts/section.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';

function node(): FileTree {
  const tree = new FileTree();
  tree.setFile('/proc/cmdline', 'BOOT_IMAGE=/boot/vmlinuz-6.8.12-10-pve root=/dev/mapper/pve-root ro quiet\n');
  for (const release of ['6.8.12-9-pve', '6.8.12-10-pve', '6.17.2-1-pve']) tree.setFile(`/boot/vmlinuz-${release}`, 'kernel');
  tree.setFile('/boot/initrd.img-6.8.12-10-pve', 'initrd');
  tree.setFile('/boot/grub/grub.cfg', '');
  tree.setLink('/lib/modules/6.8.12-10-pve/build', '/usr/src/linux-headers-6.8.12-10-pve');
  tree.setDirectory('/usr/src/linux-headers-6.8.12-10-pve');
  tree.setLink('/lib/modules/6.17.2-1-pve/build', '/usr/src/gone');
  return tree;
}

test('kernels with what they have, the newest last', async () => {
  const facts = ifKnown(await senseBoot(memoryHost(node(), { freeBytes: 7_000 })));
  expect(facts?.kernels).toEqual([
    { release: '6.8.12-9-pve', hasInitramfs: false, hasHeaders: false },
    { release: '6.8.12-10-pve', hasInitramfs: true, hasHeaders: true },
    { release: '6.17.2-1-pve', hasInitramfs: false, hasHeaders: false },
  ]);
  expect(facts).toMatchObject({ firmware: 'bios', espUuids: { state: 'absent' }, manual: [], freeBytes: { '/boot': 7_000 } });
  expect(facts?.pinned).toBeUndefined();
});

test('pins of proxmox-boot-tool, with and without EFI system partitions', async () => {
  const tree = node();
  tree.setFile(
    '/etc/default/grub.d/proxmox-kernel-pin.cfg',
    'GRUB_DEFAULT="gnulinux-advanced-1f2e>gnulinux-6.8.12-9-pve-advanced-1f2e"\n',
  );
  expect(ifKnown(await senseBoot(memoryHost(tree)))?.pinned).toBe('6.8.12-9-pve');
  tree.setFile('/etc/kernel/proxmox-boot-pin', '6.17.2-1-pve\n');
  tree.setFile('/etc/kernel/next-boot-pin', '6.8.12-10-pve\n');
  tree.setFile('/etc/kernel/proxmox-boot-manual-kernels', '# mine\n6.8.12-9-pve\n\n');
  tree.setFile('/etc/kernel/proxmox-boot-uuids', '5A1E-0D3C\n5A1E-9F20\n');
  expect(ifKnown(await senseBoot(memoryHost(tree)))).toMatchObject({
    pinned: '6.17.2-1-pve',
    pinnedOnce: '6.8.12-10-pve',
    manual: ['6.8.12-9-pve'],
    espUuids: { state: 'known', value: ['5A1E-0D3C', '5A1E-9F20'] },
  });
});

test("configuration files are read whole, byte for byte; links to others of them and to what is nobody's are left out", async () => {
  const tree = node();
  tree.setFile('/etc/default/grub', Uint8Array.of(35, 0xfc, 10), { mode: 0o640, gid: 4 });
  tree.setFile('/etc/default/grub.d/.hidden.cfg', 'x');
  tree.setFile('/etc/modules', 'vfio\n');
  tree.setLink('/etc/modules-load.d/modules.conf', '../modules');
  tree.setLink('/etc/modprobe.d/masked.conf', '/dev/null');
  tree.setFile('/etc/systemd/system/pveigpu-boot.service', '[Unit]\n');
  tree.setFile('/etc/systemd/system/sshd.service', 'secret');
  const facts = ifKnown(await senseConfig(memoryHost(tree)));
  expect(facts?.files.map(({ path }) => path)).toEqual([
    '/etc/default/grub',
    '/etc/modules',
    '/etc/systemd/system/pveigpu-boot.service',
  ]);
  expect(facts?.files[0]).toEqual({ path: '/etc/default/grub', base64: btoa('#\u00fc\n'), mode: 0o640, uid: 0, gid: 4 });
  expect(facts?.unreadable).toEqual([]);
});

test('a file that lies somewhere else is read by the name of the link to it, once', async () => {
  const tree = node();
  tree.setFile('/root/dotfiles/grub', 'GRUB_DEFAULT=0\n', { mode: 0o600 });
  tree.setLink('/root/grub', 'dotfiles/grub');
  tree.setLink('/etc/default/grub', '../../root/grub');
  tree.setFile('/root/dotfiles/vfio.conf', 'blacklist i915\n');
  for (const name of ['a.conf', 'b.conf']) tree.setLink(`/etc/modprobe.d/${name}`, '/root/dotfiles/vfio.conf');
  tree.setLink('/etc/modprobe.d/gone.conf', '/root/dotfiles/gone.conf');
  tree.setLink('/etc/modprobe.d/round.conf', 'round.conf');
  tree.setFile('/usr/lib/modprobe.d/of-a-package.conf', 'blacklist xe\n');
  tree.setLink('/etc/modprobe.d/of-a-package.conf', '/usr/lib/modprobe.d/of-a-package.conf');
  const facts = ifKnown(await senseConfig(memoryHost(tree)));
  expect(facts?.files).toEqual([
    { path: '/etc/default/grub', base64: btoa('GRUB_DEFAULT=0\n'), mode: 0o600, uid: 0, gid: 0 },
    { path: '/etc/modprobe.d/a.conf', base64: btoa('blacklist i915\n'), mode: 0o644, uid: 0, gid: 0 },
  ]);
});

test('a file of ours that somebody has masked is named', async () => {
  const tree = node();
  for (const name of ['pveigpu-confirm.service', 'sshd.service']) tree.setLink(`/etc/systemd/system/${name}`, '/dev/null');
  tree.setLink('/etc/modprobe.d/other.conf', '/dev/null');
  const facts = ifKnown(await senseConfig(memoryHost(tree)));
  expect(facts).toEqual({ files: [], unreadable: [], masked: ['/etc/systemd/system/pveigpu-confirm.service'] });
});

test('what is there and cannot be read is named', async () => {
  const tree = node();
  tree.setFile('/etc/default/grub', 'x');
  tree.setFile('/etc/modprobe.d/a.conf', 'x');
  const closed = (operation: string, path: string) =>
    (operation === 'read' && path === '/etc/default/grub') || (operation === 'list' && path === '/etc/modprobe.d')
      ? 'EACCES'
      : undefined;
  const facts = ifKnown(await senseConfig(memoryHost(tree, { onAccess: closed })));
  expect(facts).toEqual({
    files: [],
    unreadable: [
      { path: '/etc/modprobe.d', errno: 'EACCES' },
      { path: '/etc/default/grub', errno: 'EACCES' },
    ],
  });
});
