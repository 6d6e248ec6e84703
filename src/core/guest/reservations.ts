// SPDX-License-Identifier: AGPL-3.0-or-later

/** One line of `/run/qemu-server/pci-id-reservations`: by a started guest (`pid`), or for a start under way (`time`). */
export interface Reservation {
  readonly pciId: string;
  readonly vmid: number;
  readonly pid?: number;
  /** Seconds since 1970 until which the reservation holds. */
  readonly timeSec?: number;
}

/** PVE's own pattern of a line (qemu-server PCI.pm parse_pci_reservation_unlocked); other lines are ignored. */
const LINE = /^((?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?)\s(\d+)\s(time|pid):(\d+)$/;

/** Reads PVE's reservation file; of two lines for one device the last one counts. */
export function parseReservations(text: string): readonly Reservation[] {
  const byDevice = new Map<string, Reservation>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, pciId = '', vmid = '', kind = '', value = ''] = match;
    byDevice.delete(pciId);
    byDevice.set(pciId, {
      pciId,
      vmid: Number(vmid),
      ...(kind === 'pid' ? { pid: Number(value) } : { timeSec: Number(value) }),
    });
  }
  return [...byDevice.values()];
}

/** Writes the file as PVE does: sorted by device, one line each. */
export function printReservations(reservations: readonly Reservation[]): string {
  return [...reservations]
    .sort((a, b) => (a.pciId < b.pciId ? -1 : a.pciId > b.pciId ? 1 : 0))
    .map((one) => `${one.pciId} ${one.vmid} ${one.pid === undefined ? `time:${one.timeSec ?? 0}` : `pid:${one.pid}`}\n`)
    .join('');
}

/**
 * Whether a reservation keeps others away (qemu-server PCI.pm reserve_pci_usage): the guest runs now under the recorded pid, or the
 * recorded time is still to come.
 */
export function isReservationLive(one: Reservation, runningPid: number | undefined, nowSec: number): boolean {
  if (one.timeSec !== undefined) return one.timeSec > nowSec;
  return one.pid !== undefined && one.pid === runningPid;
}
