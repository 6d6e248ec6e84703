// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ReservationFacts } from '../../core/facts/guest-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { isReservationLive, parseReservations } from '../../core/guest/reservations.ts';
import type { Host } from '../../ports/host.ts';
import { readOptional, unreadable } from './attribute.ts';
import { readRunning } from './read-running.ts';

const FILE = '/run/qemu-server/pci-id-reservations';

export interface SenseReservationsOptions {
  /** Milliseconds since 1970. Without it the machine's own files tell the time, so that a capture gives the same answer. */
  readonly nowMs?: number;
}

/** PVE's own file of who holds which device, with PVE's own test of each line. An absent file means that nobody does. */
export async function senseReservations(host: Host, options: SenseReservationsOptions = {}): Promise<Section<ReservationFacts>> {
  const read = await host.read(FILE);
  if (read.kind === 'absent') return known({ reservations: [] });
  if (read.kind === 'unreadable') return unreadable(FILE, read.errno);
  const reservations = parseReservations(read.value);
  if (reservations.length === 0) return known({ reservations: [] });
  const [running, nowSec] = await Promise.all([
    readRunning(host, new Set(reservations.map((one) => one.vmid))),
    options.nowMs === undefined ? readNowSec(host) : options.nowMs / 1000,
  ]);
  return known({
    reservations: reservations.map((one) => {
      // Where we may not look whether the guest runs, its reservation counts.
      const isDoubtful = one.pid !== undefined && running.of('qemu', one.vmid).state === 'unknown';
      return { ...one, live: isDoubtful || isReservationLive(one, running.pidOf(one.vmid), nowSec) };
    }),
  });
}

/** The machine's clock from `/proc`: boot time plus uptime, in seconds. When it cannot be had a reservation by time counts as live. */
async function readNowSec(host: Host): Promise<number> {
  const [stat, uptime] = await Promise.all([readOptional(host, '/proc/stat'), readOptional(host, '/proc/uptime')]);
  const boot = /^btime (\d+)$/m.exec(stat ?? '')?.[1];
  const up = /^(\d+(?:\.\d+)?)/.exec(uptime ?? '')?.[1];
  return boot === undefined || up === undefined ? Number.NEGATIVE_INFINITY : Number(boot) + Number(up);
}
