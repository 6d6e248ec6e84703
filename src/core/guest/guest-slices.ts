// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, Pool } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { Bdf } from '../pci/address.ts';
import { currentOf, graphicsArgs, type HostpciEntry, hostpciEntries, valueAt, type When } from './guest-view.ts';
import { hostpciValue } from './hostpci.ts';
import { expandAddress, hostpciNames } from './hostpci-targets.ts';

/** One thing of the GPU (or another PCI device) that a guest's configuration names. `via` is the key: `hostpci0`, `args`, `dev0`, `lxc`. */
export type GuestSlice = { readonly via: string } & (
  | { readonly kind: 'pf'; readonly bdf: Bdf }
  | { readonly kind: 'vf'; readonly bdf: Bdf; readonly pf: Bdf; readonly index: number }
  | { readonly kind: 'mdev'; readonly parent: Bdf | null; readonly pool: string | null; readonly type: string }
  /** PVE takes the first free of `candidates` at start. */
  | { readonly kind: 'pool'; readonly pool: string; readonly candidates: readonly Bdf[] }
  /** A PCI device that is no display. */
  | { readonly kind: 'device'; readonly bdf: Bdf }
  /** An address that no device answers to now. */
  | { readonly kind: 'missing'; readonly address: string }
  /** A render node or card that a container shares with the host. */
  | { readonly kind: 'shared'; readonly path: string }
);

/** What PCI facts, pools and the node's name tell about the addresses in a configuration. */
export interface SliceContext {
  readonly pci: PciFacts;
  readonly pools: readonly Pool[];
  /** The node whose pool entries count: the guest's own. */
  readonly node: string;
}

/** Everything that a guest's configuration names of the node's devices, now or at its next start. */
export function slicesOf(guest: Guest, when: When, context: SliceContext): readonly GuestSlice[] {
  if (guest.kind === 'lxc') return containerSlices(guest, when);
  const devices = new Map([...context.pci.displays, ...context.pci.others].map((device) => [device.bdf, device]));
  const entries = hostpciEntries(guest, when).flatMap((entry) => entrySlices(entry, devices, context));
  const args = graphicsArgs(guest, when).flatMap((item): readonly GuestSlice[] => {
    if (item.kind !== 'vfio-device') return [];
    const uuid = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i.exec(item.sysfsdev ?? '')?.[1];
    if (uuid !== undefined) return [mdevByUuid(uuid, context.pci)];
    const address = item.host ?? item.sysfsdev?.split('/').pop();
    return address === undefined ? [] : addressSlices('args', address, devices, context.pci);
  });
  return [...entries, ...args];
}

/** Every function that a slice may touch: one for a VF, all candidates for a pool, none for a shared node. */
export function devicesOfSlice(slice: GuestSlice): readonly Bdf[] {
  switch (slice.kind) {
    case 'pf':
    case 'vf':
    case 'device':
      return [slice.bdf];
    case 'mdev':
      return slice.parent === null ? [] : [slice.parent];
    case 'pool':
      return slice.candidates;
    default:
      return [];
  }
}

/**
 * The keys that keep a guest from moving while it runs (qemu-server QemuMigrate/Helpers.pm): `hostpciN` that is no mapping marked as
 * capable of it, and `args` with a VFIO device, which PVE does not see and QEMU refuses.
 */
export function liveMigrationBlockers(guest: Guest, when: When, pools: readonly Pool[]): readonly string[] {
  const capable = (entry: HostpciEntry): boolean => {
    const names = entry.parsed.ok ? hostpciNames(entry.parsed.value) : undefined;
    return names?.kind === 'mapping' && pools.some((pool) => pool.id === names.mapping && pool.liveMigrationCapable);
  };
  const blocking = hostpciEntries(guest, when).filter((entry) => !capable(entry));
  const hasVfio = graphicsArgs(guest, when).some((item) => item.kind === 'vfio-device');
  return [...blocking.map((entry) => entry.key), ...(hasVfio ? ['args'] : [])];
}

type Devices = ReadonlyMap<Bdf, PciDevice>;

function entrySlices(entry: HostpciEntry, devices: Devices, context: SliceContext): readonly GuestSlice[] {
  if (!entry.parsed.ok) return [];
  const via = entry.key;
  const mdev = hostpciValue(entry.parsed.value, 'mdev');
  const names = hostpciNames(entry.parsed.value);
  if (names.kind === 'nothing') return [];
  if (names.kind === 'host') {
    const slices = names.addresses.flatMap((address) => addressSlices(via, address, devices, context.pci));
    if (mdev === undefined) return slices;
    return slices.map((slice) => ({ via, kind: 'mdev', parent: devicesOfSlice(slice)[0] ?? null, pool: null, type: mdev }));
  }
  const paths = (context.pools.find((pool) => pool.id === names.mapping)?.entries ?? [])
    .filter((one) => one.node === context.node)
    .flatMap((one) => one.path.split(';'));
  const candidates = [...new Set(paths.flatMap((path) => expandAddress(path, [...devices.keys()])))];
  if (mdev === undefined) return [{ via, kind: 'pool', pool: names.mapping, candidates }];
  return [
    { via, kind: 'mdev', parent: candidates.length === 1 ? (candidates[0] ?? null) : null, pool: names.mapping, type: mdev },
  ];
}

function addressSlices(via: string, address: string, devices: Devices, pci: PciFacts): readonly GuestSlice[] {
  const found = expandAddress(address, [...devices.keys()]);
  return found.length === 0
    ? [{ via, kind: 'missing', address }]
    : found.map((bdf) => deviceSlice(via, bdf, devices.get(bdf), pci));
}

function deviceSlice(via: string, bdf: Bdf, device: PciDevice | undefined, pci: PciFacts): GuestSlice {
  for (const pf of pci.displays) {
    const vf = pf.sriov?.vfs.find((one) => one.bdf === bdf);
    if (vf !== undefined) return { via, kind: 'vf', bdf, pf: pf.bdf, index: vf.index };
  }
  return { via, kind: device?.class.startsWith('03') === true ? 'pf' : 'device', bdf };
}

function mdevByUuid(uuid: string, pci: PciFacts): GuestSlice {
  for (const device of pci.displays) {
    const type = device.mdevTypes?.find((one) => one.devices.includes(uuid.toLowerCase()));
    if (type !== undefined) return { via: 'args', kind: 'mdev', parent: device.bdf, pool: null, type: type.id };
  }
  return { via: 'args', kind: 'missing', address: uuid };
}

function containerSlices(guest: Guest, when: When): readonly GuestSlice[] {
  const slices: GuestSlice[] = [];
  for (const key of new Set(guest.sections.flatMap((section) => Object.keys(section.keys)))) {
    if (!/^dev\d+$/.test(key)) continue;
    const path = /^(?:path=)?(\/dev\/dri\/[^,]+)/.exec(valueAt(guest, key, when) ?? '')?.[1];
    if (path !== undefined) slices.push({ via: key, kind: 'shared', path });
  }
  for (const { key, value } of currentOf(guest).lxc ?? []) {
    const path = key === 'lxc.mount.entry' ? /^(\/dev\/dri\S*)/.exec(value)?.[1] : undefined;
    if (path !== undefined) slices.push({ via: 'lxc', kind: 'shared', path });
  }
  return slices;
}
