// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';

/** A device that a VFIO driver shall own from boot on, and not one of the graphics drivers that know its id. */
export interface DriverOverride {
  readonly bdf: Bdf;
  /** Four lower-case hex digits: another card in the same slot is not taken. */
  readonly device: string;
  readonly vfioDriver: 'vfio-pci';
}

/**
 * The `install` line of modprobe.d(5) that hands devices to VFIO before a module can bind them: it runs instead of the
 * load, writes `driver_override` where the id is the one that was meant, and then loads the module (`--ignore-install`, so it
 * does not run itself). It holds in the initramfs too, where `/sys` is mounted before any module is loaded. Not `options vfio-pci ids=`:
 * that is by id, and takes every card with it, VFs included.
 */
export function overrideLine(module: string, overrides: readonly DriverOverride[]): string {
  const writes = overrides.map(({ bdf, device, vfioDriver }) => {
    const folder = `/sys/bus/pci/devices/${bdf}`;
    return `if grep -qsx 0x${device} ${folder}/device; then echo ${vfioDriver} > ${folder}/driver_override; fi;`;
  });
  return `install ${module} ${writes.join(' ')} exec /sbin/modprobe --ignore-install ${module} $CMDLINE_OPTS`;
}
