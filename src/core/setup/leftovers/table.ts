// SPDX-License-Identifier: AGPL-3.0-or-later
import { acsOverride } from './acs-override.ts';
import { blockedDriver } from './blocked-driver.ts';
import { disableVga } from './disable-vga.ts';
import { driverctl } from './driverctl.ts';
import { installLine } from './install-line.ts';
import type { Detector, Leftover, LeftoverGround } from './leftover.ts';
import { sysfsConf } from './sysfs-conf.ts';
import { tmpfiles } from './tmpfiles.ts';
import { udevRule } from './udev-rule.ts';
import { unsafeInterrupts } from './unsafe-interrupts.ts';
import { vfioIds } from './vfio-ids.ts';
import { vfioVirqfd } from './vfio-virqfd.ts';

/** Every kind of leftover. A new one is a file and a line here. */
const DETECTORS: readonly Detector[] = [
  vfioIds,
  blockedDriver,
  installLine,
  sysfsConf,
  tmpfiles,
  udevRule,
  driverctl,
  disableVga,
  vfioVirqfd,
  unsafeInterrupts,
  acsOverride,
];

/** All leftovers that matter to one GPU in one mode, in the order of the table. */
export function findLeftovers(ground: LeftoverGround): readonly Leftover[] {
  return DETECTORS.flatMap((detect) => detect(ground));
}
