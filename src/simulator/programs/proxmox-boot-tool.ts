// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Disks, mountEsp, unmount } from '../boot/disks.ts';
import { kernelsIn } from '../boot/grub-config.ts';
import { bootKernels, ESP_LIST, firstLine, MANUAL_KERNELS, NEXT_BOOT_PIN, PINNED_KERNEL } from '../boot/kernel-selection.ts';
import { refreshEsps, setGrubDefault } from '../boot/refresh-esps.ts';
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { UnknownCall } from './table.ts';
import { makeConfig } from './update-grub.ts';

/** `proxmox-boot-tool refresh | status | kernel list | kernel pin RELEASE | kernel unpin` (proxmox-kernel-helper, src/bin). */
export function proxmoxBootTool(disks: Disks): Program {
  return async (machine, argv) => {
    const [, ...words] = argv;
    const call = words.join(' ');
    if (call === 'refresh') return refresh(machine, disks);
    if (call === 'status') return status(machine, disks);
    if (call === 'kernel list') return list(machine);
    if (call === 'kernel unpin') return unpin(machine, disks);
    if (words[0] === 'kernel' && words[1] === 'pin' && words.length === 3) return pin(machine, disks, words[2] ?? '');
    throw new UnknownCall(argv);
  };
}

const GRUB_CONFIG = '/boot/grub/grub.cfg';

function refresh(machine: Machine, disks: Disks): ProgramAnswer {
  const answer = refreshEsps(machine, disks);
  const stdout =
    "Running hook script 'proxmox-auto-removal'..\nRunning hook script 'zz-proxmox-boot'..\n" +
    "Re-executing '/etc/kernel/postinst.d/zz-proxmox-boot' in new private mount namespace..\n";
  return { ...answer, stdout };
}

function status(machine: Machine, disks: Disks): ProgramAnswer {
  const { tree } = machine;
  if (tree.get(ESP_LIST) === undefined) return { exitCode: 2, stdout: '', stderr: `E: ${ESP_LIST} does not exist.\n` };
  let stdout = "Re-executing '/usr/sbin/proxmox-boot-tool' in new private mount namespace..\n";
  let stderr = '';
  stdout += `System currently booted with ${tree.get('/sys/firmware/efi') === undefined ? 'legacy bios' : 'uefi'}\n`;
  for (const uuid of (tree.text(ESP_LIST) ?? '').split('\n').filter((line) => line !== '')) {
    const esp = disks.esps.find((one) => one.uuid === uuid);
    if (esp === undefined) {
      stderr += `WARN: /dev/disk/by-uuid/${uuid} does not exist - clean '${ESP_LIST}'! - skipping\n`;
      continue;
    }
    const at = `/var/tmp/espmounts/${uuid}`;
    mountEsp(disks, esp, at);
    const parts: string[] = [];
    if (tree.get(`${at}/loader/loader.conf`) !== undefined)
      parts.push(`uefi (versions: ${(tree.names(`${at}/EFI/proxmox`) ?? []).join(', ')})`);
    if (tree.get(`${at}/grub`) !== undefined) parts.push(`grub (versions: ${kernelsIn(tree, at).sort().join(', ')})`);
    stdout += `${uuid} is configured with: ${parts.join(', ')}\n`;
    unmount(disks, at);
    tree.remove(at);
  }
  return { exitCode: 0, stdout, stderr };
}

function list(machine: Machine): ProgramAnswer {
  const { tree } = machine;
  const manual = (tree.text(MANUAL_KERNELS) ?? '').split('\n').filter((line) => line !== '');
  const automatic = selected(machine).filter((release) => !manual.includes(release));
  let stdout = `Manually selected kernels:\n${manual.length === 0 ? 'None.' : manual.join('\n')}\n\n`;
  stdout += `Automatically selected kernels:\n${automatic.join('\n')}\n`;
  const [pinned, once] = [firstLine(tree, PINNED_KERNEL), firstLine(tree, NEXT_BOOT_PIN)];
  if (pinned !== '') stdout += `\nPinned kernel:\n${pinned}\n`;
  if (once !== '') stdout += `\nKernel pinned on next-boot:\n${once}\n`;
  return { exitCode: 0, stdout, stderr: '' };
}

function pin(machine: Machine, disks: Disks, release: string): ProgramAnswer {
  const { tree } = machine;
  if (tree.get(`/boot/vmlinuz-${release}`) === undefined) {
    const stderr =
      `E: no kernel image found in /boot for '${release}', not setting default.\n\n` +
      `Possible Proxmox kernel versions are:\n${selected(machine).join('\n')}\n`;
    return { exitCode: 1, stdout: '', stderr };
  }
  const before = firstLine(tree, PINNED_KERNEL);
  const differs = tree.get(PINNED_KERNEL) !== undefined && before !== release;
  let stdout = differs ? `Overriding previously pinned version '${before}' with '${release}'\n` : '';
  const files = machine.programFiles('proxmox-boot-tool');
  files.write(PINNED_KERNEL, `${release}\n`);
  if (tree.get(ESP_LIST) !== undefined) {
    // Without a terminal it does not ask, and so does not refresh.
    stdout += `Set kernel '${release}' in ${PINNED_KERNEL}. Use the 'refresh' command to update the ESPs.\n`;
    return { exitCode: 0, stdout, stderr: '' };
  }
  const wanted = firstLine(tree, NEXT_BOOT_PIN) || release;
  stdout += `Setting '${wanted}' as grub default entry and running update-grub.\n`;
  setGrubDefault(files, wanted);
  const made = makeConfig(machine, disks, GRUB_CONFIG);
  return { ...made, stdout: stdout + made.stdout };
}

function unpin(machine: Machine, disks: Disks): ProgramAnswer {
  const { tree } = machine;
  const last = firstLine(tree, PINNED_KERNEL) || firstLine(tree, NEXT_BOOT_PIN);
  const files = machine.programFiles('proxmox-boot-tool');
  files.remove(NEXT_BOOT_PIN);
  files.remove(PINNED_KERNEL);
  let stdout = `Removed ${NEXT_BOOT_PIN}.\nRemoved ${PINNED_KERNEL}.\n`;
  if (tree.get(ESP_LIST) !== undefined) {
    if (last !== '') stdout += `Unpinned kernel '${last}'. Use the 'refresh' command to update the ESPs.\n`;
    return { exitCode: 0, stdout, stderr: '' };
  }
  stdout += 'Reset default grub entry and running update-grub.\n';
  setGrubDefault(files, '');
  const made = makeConfig(machine, disks, GRUB_CONFIG);
  return { ...made, stdout: stdout + made.stdout };
}

function selected(machine: Machine): readonly string[] {
  return bootKernels(machine.tree, machine.tree.text('/proc/sys/kernel/osrelease')?.trim() ?? '');
}
