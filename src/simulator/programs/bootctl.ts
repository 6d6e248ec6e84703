// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Disks } from '../boot/disks.ts';
import { LOADER_ENTRY_ONE_SHOT, LOADER_INFO, showEfiVariable, utf16 } from '../boot/efi-variables.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

/** `bootctl set-oneshot ID`: the entry of the next boot alone; an empty id takes it back (systemd src/bootctl/bootctl-set-efivar.c). */
export function bootctl(disks: Disks): Program {
  return async (machine, argv) => {
    const [, verb, id] = argv;
    if (verb !== 'set-oneshot' || id === undefined || argv.length !== 3 || id.startsWith('@')) throw new UnknownCall(argv);
    if (machine.tree.get('/sys/firmware/efi') === undefined) return failure('Not booted with UEFI.\n');
    if (disks.efiVariables.get(LOADER_INFO) === undefined) return failure('Not booted with a supported boot loader.\n');
    const value = id === '' ? undefined : utf16(id);
    if (value === undefined) disks.efiVariables.delete(LOADER_ENTRY_ONE_SHOT);
    else disks.efiVariables.set(LOADER_ENTRY_ONE_SHOT, value);
    showEfiVariable(machine.tree, LOADER_ENTRY_ONE_SHOT, value);
    return { exitCode: 0, stdout: '', stderr: '' };
  };
}

function failure(stderr: string) {
  return { exitCode: 1, stdout: '', stderr };
}
