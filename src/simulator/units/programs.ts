// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Program } from '../machine.ts';
import { journalctl } from './journal.ts';
import { systemctl } from './systemctl.ts';
import { systemdRun } from './systemd-run.ts';
import { udevadm } from './udev.ts';
import type { Units } from './units.ts';

/** Programs of systemd that the simulated node has, by name. */
export function unitPrograms(units: Units): { readonly [name: string]: Program } {
  return { systemctl: systemctl(units), 'systemd-run': systemdRun(units), journalctl: journalctl(units.journal), udevadm };
}
