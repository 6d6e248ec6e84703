// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import type { Bdf } from '../pci/address.ts';

/**
 * Where the first `count` VFs of a GPU are expected, from its routing id, VF offset and VF stride (kernel
 * drivers/pci/iov.c, pci_iov_virtfn_bus and pci_iov_virtfn_devfn). Only an expectation: whoever uses it checks the
 * `virtfnN` link first. Empty when offset or stride is not known.
 */
export function expectedVfs(pf: PciDevice, count: number): readonly Bdf[] {
  const { offset, stride } = pf.sriov ?? {};
  return offset === undefined || stride === undefined ? [] : expectedPlaces(pf.bdf, offset, stride, count);
}

/** The same for a GPU of which only the address and its SR-IOV numbers are known. */
export function expectedPlaces(pf: Bdf, offset: number, stride: number, count: number): readonly Bdf[] {
  const own = routingId(pf);
  if (own === undefined) return [];
  return Array.from({ length: count }, (_, index) => addressOf(own.domain, own.id + offset + stride * index));
}

/** VFs of the integrated GPUs from Tiger Lake on (Linux xe SR-IOV RFC, 2023), for when the driver shows a total of 0. */
const USUAL_VFS = 7;

/** How many places for VFs a GPU has. */
export function placesOf(pf: PciDevice): number {
  return pf.sriov?.totalVfs || USUAL_VFS;
}

/** Whether an address lies where this GPU's VFs would be, whether they exist or not. */
export function isVfPlace(pf: PciDevice, bdf: string): boolean {
  return (expectedVfs(pf, placesOf(pf)) as readonly string[]).includes(bdf);
}

function routingId(bdf: Bdf): { domain: string; id: number } | undefined {
  const match = /^([0-9a-f]+):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(bdf);
  if (match === null) return undefined;
  const [, domain = '', bus = '', slot = '', fn = ''] = match;
  return { domain, id: (Number.parseInt(bus, 16) << 8) | (Number.parseInt(slot, 16) << 3) | Number(fn) };
}

function addressOf(domain: string, id: number): Bdf {
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `${domain}:${hex((id >> 8) & 0xff)}:${hex((id >> 3) & 0x1f)}.${id & 7}` as Bdf;
}
