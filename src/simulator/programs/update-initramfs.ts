// SPDX-License-Identifier: AGPL-3.0-or-later
import { buildInitramfs } from '../boot/initramfs.ts';
import { copyKernel, type Disks } from '../boot/loader.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

/**
 * `update-initramfs -u [-k RELEASE or all]`: a new snapshot of the module configuration. Where the loader reads an ESP, the
 * hook that proxmox-kernel-helper installs copies it there.
 */
export function updateInitramfs(disks: Disks): Program {
  return async (machine, argv) => {
    const [, update, option, wanted] = argv;
    if (update !== '-u' || (argv.length !== 2 && (argv.length !== 4 || option !== '-k'))) throw new UnknownCall(argv);
    const installed = (disks.root.names('/boot') ?? [])
      .filter((name) => name.startsWith('vmlinuz-'))
      .map((name) => name.slice(8));
    const running = machine.tree.text('/proc/sys/kernel/osrelease')?.trim() ?? '';
    const releases = wanted === 'all' ? installed : [wanted ?? running];
    let stdout = '';
    for (const release of releases) {
      if (!installed.includes(release))
        return { exitCode: 1, stdout, stderr: `update-initramfs: /boot/vmlinuz-${release} is missing\n` };
      stdout += `update-initramfs: Generating /boot/initrd.img-${release}\n`;
      disks.root.setFile(`/boot/initrd.img-${release}`, buildInitramfs(disks.root, release));
      copyKernel(disks, machine.profile.loader, release);
    }
    return { exitCode: 0, stdout, stderr: '' };
  };
}
