// SPDX-License-Identifier: AGPL-3.0-or-later

/** Whose mediated device a UUID stands for. */
export interface MdevOwner {
  readonly vmid: number;
  /** N of `hostpciN`. */
  readonly index: number;
}

/** The UUID that PVE gives the mediated device of `hostpciN`: index and VMID in decimal (qemu-server PCI/Mdev.pm, generate_mdev_uuid). */
export function pveMdevUuid({ vmid, index }: MdevOwner): string {
  return `${String(index).padStart(8, '0')}-0000-0000-0000-${String(vmid).padStart(12, '0')}`;
}

/** The guest and entry that PVE made a UUID for, or undefined when it is no UUID of PVE's. */
export function ownerOfMdev(uuid: string): MdevOwner | undefined {
  const [, index, vmid] = /^(\d{8})-0000-0000-0000-(\d{12})$/.exec(uuid) ?? [];
  const owner = { vmid: Number(vmid), index: Number(index) };
  // PVE has hostpci0 to hostpci15 and VMIDs from 100 to 999999999.
  return owner.index <= 15 && owner.vmid >= 100 && owner.vmid <= 999_999_999 ? owner : undefined;
}
