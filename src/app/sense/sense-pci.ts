// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice, PciFacts } from '../../core/facts/pci-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import { type Bdf, compareBdf, isBdf } from '../../core/pci/address.ts';
import { isAudioClass, isDisplayClass } from '../../core/pci/device-class.ts';
import { parseHexAttribute } from '../../core/pci/sysfs-values.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional, unreadable } from './attribute.ts';
import { type DeviceReadOptions, PCI_DEVICES, readPciDevice } from './read-pci-device.ts';

/** Host bridge and ISA bridge: VFIO's OpRegion and LPC regions and QEMU's IGD quirks need their ids. */
const BRIDGES: readonly string[] = ['0000:00:00.0', '0000:00:1f.0'];

export interface PciOptions extends Partial<DeviceReadOptions> {
  /** Only these functions and the VFs of those that are PFs; the bus is not scanned. All display devices otherwise. */
  readonly only?: readonly Bdf[];
  /** Group members, bridges and audio functions as well. Default true, with `only` false. */
  readonly withOthers?: boolean;
}

/**
 * Display devices of every vendor with their VFs, and what shares their IOMMU groups. Everything is read by default; a caller
 * in a hurry says what it does without. No PCI bus is an empty answer, an unreadable one is unknown.
 */
export async function sensePci(host: Host, options: PciOptions = {}): Promise<Section<PciFacts>> {
  const read: DeviceReadOptions = { withOverride: options.withOverride ?? true, withConfig: options.withConfig ?? true };
  const withOthers = options.withOthers ?? options.only === undefined;
  const scan = options.only === undefined || withOthers ? await scanBus(host) : undefined;
  if (scan !== undefined && 'state' in scan) return scan;
  const wanted =
    options.only === undefined
      ? [...(scan ?? [])].flatMap(([bdf, code]) => (isDisplayClass(code) ? [bdf] : []))
      : [...new Set(options.only)];
  const named = await readAll(host, wanted, read);
  // VFs whose class is not a display's, or whose PF alone was asked for.
  const vfs = named.devices.flatMap((device) => device.sriov?.vfs.map((vf) => vf.bdf) ?? []);
  const more = await readAll(
    host,
    vfs.filter((bdf) => !wanted.includes(bdf)),
    read,
  );
  const reason = named.unreadable ?? more.unreadable;
  if (reason !== undefined) return unknown(reason);
  const displays = [...named.devices, ...more.devices].sort((a, b) => compareBdf(a.bdf, b.bdf));
  const iommuGroups = await readGroups(host, displays);
  return known({ displays, others: withOthers ? await readOthers(host, displays, iommuGroups, scan) : [], iommuGroups });
}

/** Every function of the bus with its class code. */
async function scanBus(host: Host): Promise<ReadonlyMap<Bdf, string> | { readonly state: 'unknown'; readonly reason: string }> {
  const listed = await host.list(PCI_DEVICES);
  if (listed.kind === 'unreadable') return unreadable(PCI_DEVICES, listed.errno);
  if (listed.kind === 'absent') {
    const bus = await host.list('/sys/bus');
    return bus.kind === 'content' ? new Map() : unknown('/sys is not mounted, so no devices can be seen');
  }
  const classes = await Promise.all(
    listed.value.filter(isBdf).map(async (bdf) => [bdf, await host.read(`${PCI_DEVICES}/${bdf}/class`)] as const),
  );
  const codes = new Map<Bdf, string>();
  for (const [bdf, read] of classes) {
    // A device that is gone meanwhile is none; one that cannot be looked at might be a GPU.
    if (read.kind === 'unreadable' && read.errno !== 'ENODEV') return unreadable(`${PCI_DEVICES}/${bdf}/class`, read.errno);
    const code = read.kind === 'content' ? parseHexAttribute(read.value, 6) : undefined;
    if (code !== undefined) codes.set(bdf, code);
  }
  return codes;
}

async function readGroups(host: Host, displays: readonly PciDevice[]): Promise<PciFacts['iommuGroups']> {
  const byId = new Map<number, Bdf>();
  for (const { iommuGroup, bdf } of displays) if (iommuGroup !== null && !byId.has(iommuGroup)) byId.set(iommuGroup, bdf);
  const groups = await Promise.all(
    [...byId].map(async ([id, bdf]) => {
      const listed = await listOptional(host, `${PCI_DEVICES}/${bdf}/iommu_group/devices`);
      const own = displays.filter((device) => device.iommuGroup === id).map((device) => device.bdf);
      return { id, members: [...new Set([...listed.filter(isBdf), ...own])].sort(compareBdf) };
    }),
  );
  return groups.sort((a, b) => a.id - b.id);
}

async function readOthers(
  host: Host,
  displays: readonly PciDevice[],
  groups: PciFacts['iommuGroups'],
  scan: ReadonlyMap<Bdf, string> | undefined,
): Promise<readonly PciDevice[]> {
  const shown = new Set(displays.map((device) => device.bdf));
  const scanned = [...(scan ?? [])].flatMap(([bdf, code]) => (BRIDGES.includes(bdf) || isAudioClass(code) ? [bdf] : []));
  const wanted = new Set([...scanned, ...groups.flatMap((group) => group.members)]);
  const others = [...wanted].filter((bdf) => !shown.has(bdf));
  // Nobody's plan overrides or enables anything on these, so the costly reads are left out.
  const read = await readAll(host, others, { withOverride: false, withConfig: false });
  return read.devices.sort((a, b) => compareBdf(a.bdf, b.bdf));
}

async function readAll(
  host: Host,
  addresses: readonly Bdf[],
  options: DeviceReadOptions,
): Promise<{ readonly devices: PciDevice[]; readonly unreadable: string | undefined }> {
  const readings = await Promise.all(addresses.map((bdf) => readPciDevice(host, bdf, options)));
  return {
    devices: readings.flatMap((reading) => (reading.state === 'known' ? [reading.value] : [])),
    unreadable: readings.find((reading) => reading.state === 'unknown')?.reason,
  };
}
