// SPDX-License-Identifier: AGPL-3.0-or-later
import { isReservationLive, parseReservations, printReservations, type Reservation } from '../../core/guest/reservations.ts';
import type { Machine } from '../machine.ts';
import { runningPid } from './guest-state.ts';
import { Die } from './perl-die.ts';

const FILE = '/run/qemu-server/pci-id-reservations';

function load(machine: Machine): Map<string, Reservation> {
  return new Map(parseReservations(machine.tree.text(FILE) ?? '').map((one) => [one.pciId, one]));
}

function save(machine: Machine, all: ReadonlyMap<string, Reservation>): void {
  machine.tree.setFile(FILE, printReservations([...all.values()]));
}

/** The VMID that holds a device against this one, or undefined: stale entries do not count. */
export function reservedByOther(machine: Machine, id: string, vmid: number): number | undefined {
  const one = load(machine).get(id);
  if (one === undefined || one.vmid === vmid) return undefined;
  return isReservationLive(one, runningPid(machine, one.vmid), machine.nowMs() / 1000) ? one.vmid : undefined;
}

/** Reserves devices for a start under way (until a time) or a started guest (its pid) (PCI.pm `reserve_pci_usage`). */
export function reserve(
  machine: Machine,
  warn: (text: string) => void,
  ids: readonly string[],
  vmid: number,
  until: { readonly timeSec: number } | { readonly pid: number },
): void {
  if (ids.length === 0) return;
  const all = load(machine);
  for (const id of ids) {
    const one = all.get(id);
    if (one !== undefined && one.vmid !== vmid) {
      const live = isReservationLive(one, runningPid(machine, one.vmid), machine.nowMs() / 1000);
      if (live && one.timeSec !== undefined)
        throw new Die(`PCI device '${id}' is currently reserved for use by VMID '${one.vmid}'\n`);
      if (live) throw new Die(`PCI device '${id}' already in use by VMID '${one.vmid}'\n`);
      warn(`leftover PCI reservation found for ${id}, lets take it...\n`);
    }
    all.set(id, { pciId: id, vmid, ...until });
  }
  save(machine, all);
}

/** Drops every reservation of a guest; the file stays, empty if need be. */
export function releaseReservations(machine: Machine, vmid: number): void {
  const all = load(machine);
  for (const [id, one] of all) if (one.vmid === vmid) all.delete(id);
  save(machine, all);
}
