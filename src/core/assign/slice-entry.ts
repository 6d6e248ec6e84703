// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseDevEntry } from '../container/dev-entry.ts';
import { nodeState } from '../container/node-state.ts';
import type { DrmFacts } from '../facts/drm-facts.ts';
import type { Pool } from '../facts/guest-facts.ts';
import type { PciFacts } from '../facts/pci-facts.ts';
import { argsItems, passedAddress } from '../guest/args-items.ts';
import { parseArgs } from '../guest/args-line.ts';
import { hostpciValue, parseHostpci } from '../guest/hostpci.ts';
import { expandAddress, hostpciNames, withDomain } from '../guest/hostpci-targets.ts';
import type { Bdf } from '../pci/address.ts';
import { foreignSign } from '../pool/pool-entry.ts';
import { isVfPlace } from '../vf/expected-vfs.ts';
import { deviceAt, intelGpus, intelVfs } from '../vf/vf.ts';
import { DEFAULT_MDEV_POOL, DEFAULT_POOL } from './ours.ts';

/** How a slice is written in a guest: a pool, one VF, a mediated device, the whole GPU, QEMU arguments, or a node of /dev/dri. */
export type SliceForm = 'pool' | 'raw' | 'mdev' | 'pf' | 'args' | 'render';

/** What one value of a guest's configuration says about an Intel GPU. */
export interface SliceEntry {
  readonly form: SliceForm;
  /** The pool's name, for `pool`, and for `mdev` and `pf` through a mapping. */
  readonly pool?: string;
  /** The functions that it names, existing ones only, but for a VF that does not exist now. */
  readonly devices: readonly Bdf[];
  /** For `render`: the path of the node. */
  readonly path?: string;
}

/** The machine that the values are read on. */
export interface SliceGround {
  readonly pci: PciFacts;
  readonly pools: readonly Pool[];
  readonly node: string;
  /** The nodes of the graphics drivers, where they are known. */
  readonly drm?: DrmFacts;
}

/** What a `hostpciN` or `args` value has to do with an Intel GPU of this node; undefined when nothing. */
export function sliceEntry(key: string, value: string, ground: SliceGround): SliceEntry | undefined {
  if (key === 'args') return argsEntry(value, ground);
  if (/^dev\d+$/.test(key)) return renderEntry(value, ground);
  if (!/^hostpci\d+$/.test(key)) return undefined;
  const parsed = parseHostpci(value);
  if (!parsed.ok) return undefined;
  const names = hostpciNames(parsed.value);
  const mdev = hostpciValue(parsed.value, 'mdev') !== undefined;
  if (names.kind === 'mapping') return mappingEntry(names.mapping, mdev, ground);
  return names.kind === 'host' ? addressEntry(names.addresses, mdev, ground) : undefined;
}

/** A node of `/dev/dri` in a container, with the function that it belongs to now. */
function renderEntry(value: string, { drm, pci }: SliceGround): SliceEntry | undefined {
  const path = parseDevEntry(value)?.path;
  if (path === undefined || !path.startsWith('/dev/dri/')) return undefined;
  const state = drm === undefined ? undefined : nodeState(path, drm, pci);
  return { form: 'render', devices: state !== undefined && 'node' in state ? [state.node.pci] : [], path };
}

function mappingEntry(id: string, mdev: boolean, ground: SliceGround): SliceEntry | undefined {
  const pool = ground.pools.find((candidate) => candidate.id === id);
  if (pool === undefined) {
    if (mdev) return id === DEFAULT_MDEV_POOL ? { form: 'mdev', pool: id, devices: [] } : undefined;
    return id === DEFAULT_POOL ? { form: 'pool', pool: id, devices: [] } : undefined;
  }
  const own = pool.entries.filter((entry) => entry.node === ground.node).flatMap((entry) => entry.path.split(';'));
  const named = addressEntry(own, mdev || pool.mdev, ground);
  if (named?.form === 'raw' || (named === undefined && foreignSign(pool, ground.pci, ground.node) === undefined))
    return { form: 'pool', pool: id, devices: named?.devices ?? [] };
  return named === undefined ? undefined : { ...named, pool: id };
}

function addressEntry(addresses: readonly string[], mdev: boolean, ground: SliceGround): SliceEntry | undefined {
  const { pci } = ground;
  const gpus = intelGpus(pci).map((gpu) => gpu.bdf);
  const vfs = intelVfs(pci).map((vf) => vf.bdf);
  const touched = addresses.flatMap((address) => expandAddress(address, [...gpus, ...vfs]));
  if (touched.some((bdf) => gpus.includes(bdf))) return { form: mdev ? 'mdev' : 'pf', devices: touched };
  const missing = addresses.map(withDomain).filter((address) => isMissingVf(address, pci)) as Bdf[];
  const devices = [...touched, ...missing];
  return devices.length > 0 ? { form: 'raw', devices } : undefined;
}

function isMissingVf(address: string, pci: PciFacts): boolean {
  return deviceAt(pci, address) === undefined && intelGpus(pci).some((gpu) => isVfPlace(gpu, address));
}

/** `-device vfio-pci,host=ADDRESS` or `sysfsdev=PATH`, as the guides write it: PVE neither binds nor reserves such a device. */
function argsEntry(args: string, ground: SliceGround): SliceEntry | undefined {
  const line = parseArgs(args);
  const hosts = line.ok ? argsItems(line.value).flatMap((item) => passedAddress(item) ?? []) : [];
  const named = addressEntry(hosts, false, ground);
  return named === undefined ? undefined : { form: 'args', devices: named.devices };
}
