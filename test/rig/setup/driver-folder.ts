// SPDX-License-Identifier: AGPL-3.0-or-later
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRig, RIG_SOURCE } from '../build/workspace.ts';

/** The release of i915-sriov-dkms that is meant for the guest's kernel 6.12. */
const DRIVER_VERSION = '2026.03.05.2';

/** As upstream's dkms.conf, with the modules that the stand-in has. */
const DKMS_CONF = `PACKAGE_NAME="i915-sriov-dkms"
PACKAGE_VERSION="${DRIVER_VERSION}"
BUILD_EXCLUSIVE_KERNEL="^(6\\.(1[2-9]))"
MAKE[0]="make -C $kernel_source_dir M=$dkms_tree/$PACKAGE_NAME/$PACKAGE_VERSION/build modules"
CLEAN="true"
AUTOINSTALL="yes"
BUILT_MODULE_NAME[0]="i915"
DEST_MODULE_LOCATION[0]="/updates"
BUILT_MODULE_NAME[1]="kvmgt"
DEST_MODULE_LOCATION[1]="/updates"
BUILT_MODULE_NAME[2]="xe"
DEST_MODULE_LOCATION[2]="/updates"
`;

/** A call with one argument more than the guest's kernel has, as a driver has it that was made for another kernel. */
const MISMATCH = `
#include <linux/version.h>
#include <drm/display/drm_dp_mst_helper.h>
int rig_pbn(void);
int rig_pbn(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return drm_dp_calc_pbn_mode(1, 2, 3);
#else
	return drm_dp_calc_pbn_mode(1, 2);
#endif
}
`;

/**
 * Puts the stand-in driver's source where the guests see it (`/mnt/share/driver`), as a folder that dkms takes; `broken` beside it does not
 * build on the guest's kernel.
 */
export function shareDriver(): void {
  rmSync(inRig('share/driver'), { recursive: true, force: true });
  for (const kind of ['good', 'broken']) {
    const folder = inRig('share/driver', kind);
    mkdirSync(folder, { recursive: true });
    cpSync(join(RIG_SOURCE, 'kmod/gpu'), folder, { recursive: true });
    writeFileSync(join(folder, 'dkms.conf'), DKMS_CONF);
    writeFileSync(join(folder, 'Makefile'), 'obj-m := i915.o kvmgt.o xe.o\nccflags-y := -DRIG_SRIOV=1\n');
  }
  appendFileSync(inRig('share/driver/broken/i915.c'), MISMATCH);
}
