// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { isVfPlace } from './expected-vfs.ts';

/**
 * The display devices that stand for themselves: no VFs, and no VFs that are only half gone. The kernel takes the links
 * of a VF away first and then waits for whoever has it open (kernel drivers/pci/iov.c, pci_iov_remove_virtfn), so
 * that for as long as that takes the VF looks like a GPU.
 */
export function wholeDisplays(pci: PciFacts): readonly PciDevice[] {
  return pci.displays.filter((device) => device.physfn === undefined && !pci.displays.some((pf) => isLeaving(pf, device)));
}

/** Whether a function is a VF of a GPU that is only half gone: no links, no SR-IOV of its own, the id of the GPU's VFs, at a place where only these can be. */
export function isLeaving(pf: PciDevice, device: PciDevice): boolean {
  if (pf.sriov === undefined || device.sriov !== undefined || device.physfn !== undefined) return false;
  const isSameKind = device.vendor === pf.vendor && (device.device === pf.device || device.device === pf.sriov.vfDevice);
  return isSameKind && isVfPlace(pf, device.bdf);
}
