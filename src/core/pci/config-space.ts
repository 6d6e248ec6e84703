// SPDX-License-Identifier: AGPL-3.0-or-later
import { known, type Reading, unknown } from '../facts/section.ts';

/** Extended capability of a physical function with SR-IOV (PCI_EXT_CAP_ID_SRIOV of kernel pci_regs.h). */
export const SRIOV_CAPABILITY = 0x0010;

const PCI_EXPRESS_CAPABILITY = 0x10;
const CONVENTIONAL_BYTES = 0x100;
const EXTENDED_BYTES = 0x1000;

/**
 * Whether config space (the sysfs file `config`) carries an extended capability. Without root the kernel gives only 64 bytes,
 * so the answer is unknown; a function without the PCI Express capability has no extended space, so the answer is no.
 */
export function hasExtendedCapability(config: Uint8Array, wanted: number): Reading<boolean> {
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  if (view.byteLength < CONVENTIONAL_BYTES) {
    return unknown(`only ${view.byteLength} bytes of config space could be read, which is what the kernel gives without root`);
  }
  if (view.getUint16(0, true) === 0xffff) return unknown('config space reads as all ones, so the device does not answer');
  if (view.byteLength < EXTENDED_BYTES) {
    if (view.byteLength === CONVENTIONAL_BYTES && !isPciExpress(view)) return known(false);
    return unknown(`config space ends after ${view.byteLength} bytes, before the end of the extended capabilities`);
  }
  const seen = new Set<number>();
  for (let at = CONVENTIONAL_BYTES; at >= CONVENTIONAL_BYTES && at + 4 <= EXTENDED_BYTES; ) {
    if (seen.has(at)) return unknown('the chain of extended capabilities runs in a circle');
    seen.add(at);
    const header = view.getUint32(at, true);
    if (header === 0 || header === 0xffffffff) return known(false);
    if ((header & 0xffff) === wanted) return known(true);
    at = (header >>> 20) & 0xffc;
  }
  return known(false);
}

/** Walks the conventional capability list (status bit 4, pointer at 0x34) for PCI Express, id 0x10. */
function isPciExpress(view: DataView): boolean {
  const hasList = (view.getUint16(0x06, true) & 0x10) !== 0;
  let at = hasList ? view.getUint8(0x34) & 0xfc : 0;
  // 48 capabilities of 4 bytes fill the space after the header (PCI_FIND_CAP_TTL of the kernel).
  for (let left = 48; left > 0 && at >= 0x40; left -= 1) {
    if (view.getUint8(at) === PCI_EXPRESS_CAPABILITY) return true;
    at = view.getUint8(at + 1) & 0xfc;
  }
  return false;
}
