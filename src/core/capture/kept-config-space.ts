// SPDX-License-Identifier: AGPL-3.0-or-later

/** PCI Express extended capability Device Serial Number, eight bytes after its header (PCIe base specification 7.9.3). */
const SERIAL_NUMBER = 0x0003;
const FIRST_EXTENDED = 0x100;
/** More capabilities than fit would be a loop. */
const MAX_CAPABILITIES = (4096 - FIRST_EXTENDED) / 8;

/** Configuration space with the device's serial number, if it has one, as zeros. */
export function keptConfigSpace(bytes: Uint8Array): Uint8Array {
  const kept = Uint8Array.from(bytes);
  const view = new DataView(kept.buffer);
  let at = FIRST_EXTENDED;
  for (let seen = 0; seen < MAX_CAPABILITIES && at >= FIRST_EXTENDED && at + 4 <= kept.length; seen++) {
    const header = view.getUint32(at, true);
    if ((header & 0xffff) === SERIAL_NUMBER) kept.fill(0, at + 4, Math.min(at + 12, kept.length));
    at = header >>> 20;
  }
  return kept;
}
