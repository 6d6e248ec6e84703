// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RIG_SOURCE } from '../build/workspace.ts';
import type { VirtualMachine } from '../machine/virtual-machine.ts';

/** Programs of the guest's machine, with the file of `test/rig/guest` that each is. */
const TOOLS = {
  '/usr/bin/qm': 'pve-guest-tool.pl',
  '/usr/bin/pct': 'pve-guest-tool.pl',
  '/usr/local/bin/pct-start': 'pct-start.pl',
};

/** Puts stand-ins of `qm` and `pct` into a booted machine, and what runs containers. */
export async function installPveTools(machine: VirtualMachine): Promise<void> {
  for (const [path, file] of Object.entries(TOOLS))
    await machine.must(`cat > ${path} && chmod 755 ${path}`, { input: readFileSync(join(RIG_SOURCE, 'guest', file), 'utf8') });
}

/**
 * Shell text that puts the root of a guest at `root`: programs of the machine, and an `/etc` and a `/dev` of its own.
 */
export function guestRoot(root: string): string {
  return `umask 022; mkdir -p ${root}/usr ${root}/etc ${root}/dev ${root}/proc ${root}/var/log ${root}/var/tmp ${root}/tmp ${root}/run ${root}/sys
for name in bin sbin lib lib64; do ln -sfn usr/$name ${root}/$name; done
mountpoint -q ${root}/usr || mount --bind /usr ${root}/usr
mountpoint -q ${root}/dev || mount -t tmpfs dev ${root}/dev
[ -e ${root}/dev/null ] || mknod -m 666 ${root}/dev/null c 1 3`;
}
