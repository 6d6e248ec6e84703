// SPDX-License-Identifier: AGPL-3.0-or-later
import { showMounts } from '../boot/attach-disks.ts';
import { type Disks, mountEsp, unmount } from '../boot/disks.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

const OPTIONS = 'nosuid,nodev,noexec';

/** `mount -o nosuid,nodev,noexec /dev/disk/by-uuid/UUID DIR`, for an EFI system partition. */
export function mount(disks: Disks): Program {
  return async (machine, argv) => {
    const [, flag, options, source = '', at = ''] = argv;
    const uuid = /^\/dev\/disk\/by-uuid\/(.+)$/.exec(source)?.[1];
    if (argv.length !== 5 || flag !== '-o' || options !== OPTIONS || uuid === undefined) throw new UnknownCall(argv);
    const esp = disks.esps.find((one) => one.uuid === uuid);
    if (esp === undefined) return failure(`mount: ${at}: special device ${source} does not exist.\n`);
    if (machine.tree.get(at)?.kind !== 'directory') return failure(`mount: ${at}: mount point does not exist.\n`);
    if (disks.mounts.some((one) => one.esp === esp && one.at === at))
      return failure(`mount: ${at}: ${source} already mounted on ${at}.\n`);
    if (esp.damaged === true) return failure(`mount: ${at}: can't read superblock on ${source}.\n`);
    mountEsp(disks, esp, at);
    showMounts(machine.tree, disks);
    return { exitCode: 0, stdout: '', stderr: '' };
  };
}

/** `umount DIR`. */
export function umount(disks: Disks): Program {
  return async (machine, argv) => {
    const [, at = ''] = argv;
    if (argv.length !== 2 || at.startsWith('-')) throw new UnknownCall(argv);
    if (!unmount(disks, at)) return failure(`umount: ${at}: not mounted.\n`);
    showMounts(machine.tree, disks);
    return { exitCode: 0, stdout: '', stderr: '' };
  };
}

/** mount(8) and umount(8) exit with 32 when the mount failed. */
function failure(stderr: string) {
  return { exitCode: 32, stdout: '', stderr };
}
