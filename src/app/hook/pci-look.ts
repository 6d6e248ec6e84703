// SPDX-License-Identifier: AGPL-3.0-or-later
import { takes } from '../../core/hook/hook-slice.ts';
import type { Host } from '../../ports/host.ts';

const DEVICES = '/sys/bus/pci/devices';
const VIRTFN = /^virtfn\d+$/;

/** The folder of one PCI function. */
export function sysfsOf(bdf: string): string {
  return `${DEVICES}/${bdf}`;
}

/** The functions that exist now and that an address takes. */
export async function functionsAt(host: Host, address: string): Promise<readonly string[]> {
  if (address.includes('.')) return (await host.stat(sysfsOf(address))).kind === 'content' ? [address] : [];
  const all = await host.list(DEVICES);
  return all.kind === 'content' ? all.value.filter((bdf) => takes(address, bdf)) : [];
}

/** The name at the end of a link of a function (`driver`, `physfn`, `iommu_group`), or null when there is none. */
export async function linkName(host: Host, bdf: string, link: string): Promise<string | null> {
  const read = await host.readLink(`${sysfsOf(bdf)}/${link}`);
  return read.kind === 'content' ? read.value.slice(read.value.lastIndexOf('/') + 1) : null;
}

/** The VFs of a PF, by its `virtfnN` links. */
export async function vfsOf(host: Host, pf: string): Promise<readonly string[]> {
  const names = await host.list(sysfsOf(pf));
  if (names.kind !== 'content') return [];
  const vfs = await Promise.all(names.value.filter((name) => VIRTFN.test(name)).map((name) => linkName(host, pf, name)));
  return vfs.filter((vf): vf is string => vf !== null);
}

/** Whether a function is a GPU of Intel: PCI class 03, vendor 8086. What cannot be read is taken for one, to be careful with it. */
export async function isIntelGpu(host: Host, bdf: string): Promise<boolean> {
  const [kind, vendor] = [await host.read(`${sysfsOf(bdf)}/class`), await host.read(`${sysfsOf(bdf)}/vendor`)];
  const says = (read: typeof kind, start: string) =>
    read.kind === 'unreadable' || (read.kind === 'content' && read.value.startsWith(start));
  return says(kind, '0x03') && says(vendor, '0x8086');
}

/** A small attribute as a number, or null when it is absent or none. */
export async function numberAt(host: Host, bdf: string, attribute: string): Promise<number | null> {
  const read = await host.read(`${sysfsOf(bdf)}/${attribute}`);
  const value = read.kind === 'content' ? Number(read.value.trim()) : Number.NaN;
  return Number.isInteger(value) ? value : null;
}
