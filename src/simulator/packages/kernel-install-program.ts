// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Disks } from '../boot/disks.ts';
import { kernelInstall } from '../boot/kernel-install.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from '../programs/table.ts';

/** `kernel-install add-all` and `kernel-install remove RELEASE`, as the hooks of kernel packages call it with a plain systemd-boot. */
export function kernelInstallProgram(disks: Disks): Program {
  return async (machine, argv) => {
    const [, verb, release] = argv;
    if (verb === 'add-all' && release === undefined) kernelInstall(machine, disks);
    else if (verb === 'remove' && release !== undefined) {
      const id = machine.tree.text('/etc/machine-id')?.trim();
      for (const { tree } of disks.esps) {
        tree.remove(`/${id}/${release}`);
        tree.remove(`/loader/entries/${id}-${release}.conf`);
      }
    } else throw new UnknownCall(argv);
    return { exitCode: 0, stdout: '', stderr: '' };
  };
}
