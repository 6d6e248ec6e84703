// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Disks, mountEsp, unmount } from '../boot/disks.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';
import { makeConfig } from './update-grub.ts';

const WORDS = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c'];
/** A directory bound over /boot, and grub-mkconfig with what it finds there. */
const SCRIPT = /^mount --bind "\$1" \/boot && exec grub-mkconfig -o (\/boot\/grub\/[\w.]+)$/;

/** `unshare --mount ... sh -c 'mount --bind "$1" /boot && exec grub-mkconfig -o FILE' sh DIR`: the mount ends with the program. */
export function unshare(disks: Disks): Program {
  return async (machine, argv, _options, environment = {}) => {
    const path = SCRIPT.exec(argv[6] ?? '')?.[1];
    const mount = disks.mounts.find(({ at }) => at === argv[8]);
    const isKnown = WORDS.every((word, at) => argv[at] === word) && argv[7] === 'sh' && argv.length === 9;
    if (!isKnown || path === undefined || environment.PVE_EFIBOOT_UNSHARED !== '1') throw new UnknownCall(argv);
    if (mount === undefined) return { exitCode: 32, stdout: '', stderr: 'mount: /boot: special device does not exist.\n' };
    mountEsp(disks, mount.esp, '/boot');
    try {
      return makeConfig(machine, disks, path);
    } finally {
      unmount(disks, '/boot');
    }
  };
}
