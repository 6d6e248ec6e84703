// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, Program } from '../machine.ts';

/** The programs of Proxmox VE that the simulated node has, by name. */
export const PVE_PROGRAMS: { readonly [name: string]: Program } = {};

/** Puts Proxmox VE's file trees on a machine: `/etc/pve`, `/run/qemu-server`, snippets, package states and the guests. */
export function installPve(machine: Machine): void {
  machine.tree.setDirectory('/etc/pve');
}
