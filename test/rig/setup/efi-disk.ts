// SPDX-License-Identifier: AGPL-3.0-or-later
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../build/execute.ts';
import { inRig, RIG_SOURCE } from '../build/workspace.ts';
import { qemuProgram } from '../machine/qemu-program.ts';
import type { Shape } from '../machine/shape.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';
import { overlay, setupDisk } from './setup-disk.ts';

/** Big enough for FAT32 and two kernels. */
const ESP_SIZE = '256M';

/** The EFI system partition and the firmware's variables that belong to a node's disk. */
function espOf(name: string): NonNullable<Shape['esp']> {
  return { disk: setupDisk(`${name}-esp`), variables: inRig('setup', `${name.replaceAll(/\W+/g, '-')}.vars`) };
}

/** As proxmox-kernel-helper ships it: partitions follow each initramfs, unless it is one of many. */
const SYNC = `#!/bin/sh
[ -z "$INITRAMFS_TOOLS_KERNEL_HOOK" ] || exit 0
exec /usr/sbin/proxmox-boot-tool refresh
`;

/** Makes the disk of a node that starts by systemd-boot, in proxmox-boot-tool's layout, from that of a node that starts by GRUB. */
export async function makeEfiDisk(from: string, name: string): Promise<void> {
  const esp = espOf(name);
  await overlay(setupDisk(from), setupDisk(name));
  await execute([...qemuProgram('qemu-img'), 'create', '-q', '-f', 'qcow2', esp.disk, ESP_SIZE]);
  copyFileSync(inRig('root/usr/share/OVMF/OVMF_VARS_4M.fd'), esp.variables);
  const machine = await VirtualMachine.start({
    mode: 'fast',
    udev: true,
    disk: setupDisk(name),
    esp,
    append: 'modprobe.blacklist=i915',
  });
  const put = async (path: string, text: string) =>
    void (await machine.must(`mkdir -p $(dirname ${path}) && cat > ${path} && chmod 755 ${path}`, { input: text }));
  try {
    await put('/usr/sbin/proxmox-boot-tool', readFileSync(join(RIG_SOURCE, 'guest/proxmox-boot-tool'), 'utf8'));
    await put('/etc/initramfs/post-update.d/proxmox-boot-sync', SYNC);
    // The same words as GRUB gives, without its own.
    await machine.must(
      `sed -n '/^[[:space:]]*linux/{s/^[^=]*\\(root=.*\\)/\\1/p;q}' /boot/grub/grub.cfg > /etc/kernel/cmdline && grep -q root= /etc/kernel/cmdline
printf 'vfat\\nnls_cp437\\nnls_ascii\\n' > /etc/modules-load.d/esp.conf
printf 'label: gpt\\ntype=uefi\\n' | sfdisk -q /dev/vdb && udevadm settle && mkfs.vfat -F 32 /dev/vdb1 > /dev/null && udevadm trigger && udevadm settle
proxmox-boot-tool init /dev/vdb1`,
      { timeoutMs: 900_000 },
    );
  } finally {
    await machine.powerDown();
  }
}

/** A fresh copy of partition and variables for one story. */
export async function copyEsp(from: string, name: string): Promise<NonNullable<Shape['esp']>> {
  const copy = espOf(name);
  await overlay(espOf(from).disk, copy.disk);
  copyFileSync(espOf(from).variables, copy.variables);
  return copy;
}
