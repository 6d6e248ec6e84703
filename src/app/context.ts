// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Clock, Log } from '../ports/clock-log.ts';
import type { Host } from '../ports/host.ts';
import type { Pve } from '../ports/pve.ts';

/** What every use case gets: the machine, Proxmox on it, time and a place to speak. */
export interface Context {
  readonly host: Host;
  readonly pve: Pve;
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path of the pveigpu that runs, where it runs on that machine: what units of systemd shall call. */
  readonly program?: string;
  /** On whose behalf, where somebody asked through Proxmox's API: noted with each run. */
  readonly user?: string;
}
