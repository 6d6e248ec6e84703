// SPDX-License-Identifier: AGPL-3.0-or-later
import { CONFIRM_UNIT_NAME, confirmUnit } from '../boot/confirm-unit.ts';
import { POOLS_UNIT_NAME, poolsUnit } from '../boot/pools-unit.ts';
import { VF_BOOT_UNIT_NAME, vfBootUnit } from '../boot/vf-boot-unit.ts';
import { VF_UDEV_RULE, VF_UDEV_RULE_NAME } from '../boot/vf-udev-rule.ts';
import { DRIVER_APT_HOOK } from '../driver/apt-hook.ts';
import { RULES_FOLDER, UNIT_FOLDER } from '../setup/own-path.ts';
import { PROGRAM } from '../setup/program.ts';

/** The files of a set-up whose text is the same on every node, by path: a new version of the package brings new texts. */
export const SHIPPED_TEXTS: { readonly [path: string]: string } = {
  [`${UNIT_FOLDER}/${VF_BOOT_UNIT_NAME}`]: vfBootUnit(PROGRAM),
  [`${UNIT_FOLDER}/${POOLS_UNIT_NAME}`]: poolsUnit(PROGRAM),
  [`${UNIT_FOLDER}/${CONFIRM_UNIT_NAME}`]: confirmUnit(PROGRAM),
  [`${RULES_FOLDER}/${VF_UDEV_RULE_NAME}`]: VF_UDEV_RULE,
  [DRIVER_APT_HOOK.path]: DRIVER_APT_HOOK.text,
};
