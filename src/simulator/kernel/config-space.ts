// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ProfileDevice } from '../profile.ts';

/** Extended capabilities, PCI Express Base Specification 7.9: PASID, ATS, PRI, SR-IOV. */
const PASID = 0x1b;
const ATS = 0x0f;
const PRI = 0x13;
const SRIOV = 0x10;

/**
 * The config space that the sysfs file `config` shows to root: header, and for display devices the chain of extended
 * capabilities that Intel graphics has (PASID 0x100, ATS 0x200, PRI 0x300, SR-IOV 0x320 where present).
 */
export function configSpace(device: ProfileDevice): Uint8Array {
  const display = device.class.startsWith('03');
  const bytes = new Uint8Array(display ? 4096 : 256);
  const view = new DataView(bytes.buffer);
  const hex = (text: string | undefined) => Number.parseInt(text ?? '0', 16);
  view.setUint16(0x00, hex(device.vendor), true);
  view.setUint16(0x02, hex(device.device), true);
  view.setUint16(0x04, 0x0007, true);
  view.setUint16(0x06, 0x0010, true);
  view.setUint32(0x08, hex(device.class) * 256 + hex(device.revision), true);
  bytes[0x0e] = device.class.startsWith('0604') ? 1 : 0;
  view.setUint16(0x2c, hex(device.subsystem?.vendor), true);
  view.setUint16(0x2e, hex(device.subsystem?.device), true);
  bytes[0x34] = 0x40;
  if (!display) return bytes;
  bytes[0x40] = 0x09;
  bytes[0x41] = 0x70;
  bytes[0x70] = 0x10;
  view.setUint16(0x72, 0x0092, true);
  const chain: [number, number][] = [
    [0x100, PASID],
    [0x200, ATS],
    [0x300, PRI],
  ];
  if (device.sriov !== undefined) chain.push([0x320, SRIOV]);
  chain.forEach(([offset, id], index) => {
    const next = chain[index + 1]?.[0] ?? 0;
    view.setUint32(offset, id + 0x10000 + next * 0x100000, true);
  });
  if (device.sriov !== undefined) {
    view.setUint16(0x32c, device.sriov.totalVfs, true);
    view.setUint16(0x32e, device.sriov.totalVfs, true);
    view.setUint16(0x334, device.sriov.offset, true);
    view.setUint16(0x336, device.sriov.stride, true);
    view.setUint16(0x33a, hex(device.device), true);
  }
  return bytes;
}
