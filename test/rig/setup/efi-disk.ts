// SPDX-License-Identifier: AGPL-3.0-or-later
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRig, RIG_SOURCE } from '../build/workspace.ts';
import type { Shape } from '../machine/shape.ts';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { emptyDisk, overlay, setupDisk, setupVariables } from './disks.ts';

/** Big enough for FAT32 and two kernels. */
const ESP_SIZE = '256M';

/** The serial number of the file system, as mkfs.vfat takes it and as its UUID is written. */
const [ESP_SERIAL, ESP_UUID] = ['52494731', '5249-4731'];

/** How long a step is waited for on a busy host, milliseconds. */
const MOST_MS = 900_000;

/** The EFI system partition and the firmware's variables. */
type Esp = NonNullable<Shape['esp']>;

/** Where the partition and the variables of a node's disk are. */
export function espOf(name: string): Esp {
  return { disk: setupDisk(`${name}-esp`), variables: setupVariables(name) };
}

/** As proxmox-kernel-helper ships it: partitions follow each initramfs, unless it is one of many. */
const SYNC = `#!/bin/sh
[ -z "$INITRAMFS_TOOLS_KERNEL_HOOK" ] || exit 0
exec /usr/sbin/proxmox-boot-tool refresh
`;

/**
 * The words of the kernel command line are those that GRUB gives, without its own. No udev runs here: it would read the new partition
 * table once more, at a time of its own, in which the partition is gone for a moment.
 */
const FILL = `set -e
sed -n '/^[[:space:]]*linux/{s/^[^=]*\\(root=.*\\)/\\1/p;q}' /boot/grub/grub.cfg > /etc/kernel/cmdline
grep -q root= /etc/kernel/cmdline
printf 'vfat\\nnls_cp437\\nnls_ascii\\n' > /etc/modules-load.d/esp.conf
printf 'label: gpt\\ntype=uefi\\n' | sfdisk -q /dev/vdb
mkfs.vfat -F 32 -i ${ESP_SERIAL} /dev/vdb1
mkdir -p /dev/disk/by-uuid
ln -sf /dev/vdb1 /dev/disk/by-uuid/${ESP_UUID}
proxmox-boot-tool init /dev/vdb1
grep -qx ${ESP_UUID} /etc/kernel/proxmox-boot-uuids`;

/** An empty partition and the variables of a firmware that was never started. */
export async function newEsp(name: string): Promise<Esp> {
  const esp = espOf(name);
  await emptyDisk(esp.disk, ESP_SIZE);
  copyFileSync(inRig('root/usr/share/OVMF/OVMF_VARS_4M.fd'), esp.variables);
  return esp;
}

/** Makes a node that starts by GRUB start by systemd-boot as well, in proxmox-boot-tool's layout. */
export async function fillEsp(machine: VirtualMachine): Promise<void> {
  const put = async (path: string, text: string) => {
    const command = `mkdir -p $(dirname ${path}) && cat > ${path} && chmod 755 ${path}`;
    await machine.must(command, { input: text, timeoutMs: MOST_MS });
  };
  await put('/usr/sbin/proxmox-boot-tool', readFileSync(join(RIG_SOURCE, 'guest/proxmox-boot-tool'), 'utf8'));
  await put('/etc/initramfs/post-update.d/proxmox-boot-sync', SYNC);
  await machine.must(FILL, { timeoutMs: MOST_MS });
}

/** A fresh copy of partition and variables for one story. */
export async function copyEsp(from: string, name: string): Promise<Esp> {
  const copy = espOf(name);
  await overlay(espOf(from).disk, copy.disk);
  copyFileSync(espOf(from).variables, copy.variables);
  return copy;
}
