// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME } from './vf-boot-unit.ts';

/** File name in a `rules.d` folder of udev; late, so that rules of the distribution have run. */
export const VF_UDEV_RULE_NAME = '90-pveigpu.rules';

/**
 * Runs the boot unit again whenever a graphics driver has taken a GPU that can have VFs: at boot, after the driver was
 * reloaded, after a late module. udev reports `bind` when the driver's probe is over. The rule only asks: how many, of which GPU and
 * whether at all is decided in the unit, which can wait, look at users and say why not.
 */
export const VF_UDEV_RULE = `# Written by pveigpu: when the driver of a GPU comes back, its VFs come back.
ACTION=="bind", SUBSYSTEM=="pci", DRIVER=="i915|xe", TEST=="sriov_totalvfs", TEST!="physfn", RUN+="/usr/bin/systemctl --no-block start ${VF_BOOT_UNIT_NAME}"
`;
