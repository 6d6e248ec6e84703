// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf, ownGuests } from '../assign/assignments.ts';
import { guestName } from '../assign/guest-keys.ts';
import type { Guest, Pool } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { everHasSriov } from '../gpu/driver-backend.ts';
import type { GpuCase } from '../gpu/gpu-case.ts';
import { attribute, logEvidence } from '../gpu/gpu-case.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import type { Evidence, Mode } from '../gpu/verdict.ts';
import { type GuestSlice, slicesOf } from '../guest/guest-slices.ts';
import { valueAt } from '../guest/guest-view.ts';
import { desiredOf } from '../plan/desired.ts';
import { visible } from '../text/visible.ts';
import { isVfPlace } from '../vf/expected-vfs.ts';
import { intelGpus, vfsOf } from '../vf/vf.ts';
import type { DoctorCase } from './doctor-case.ts';

/** One thing that a catalogued Intel GPU is wanted for, and what shows that. */
export interface GpuWish extends GpuCase {
  readonly entry: CatalogueEntry;
  readonly mode: Mode;
  readonly sign: Evidence;
}

/**
 * What the Intel GPUs of a machine are wanted for, once for each GPU and mode: asked for with `apply`, named by a guest of this node,
 * in use already, tried, or prepared by the driver package. Where nothing is wanted nothing can fail.
 */
export function gpuWishes(ground: DoctorCase): readonly GpuWish[] {
  const before = FOUND.get(ground);
  if (before !== undefined) return before;
  const found = findWishes(ground);
  FOUND.set(ground, found);
  return found;
}

/** Dozens of findings ask this of one case, which never changes. */
const FOUND = new WeakMap<DoctorCase, readonly GpuWish[]>();

function findWishes(ground: DoctorCase): readonly GpuWish[] {
  const pci = ifKnown(ground.facts.pci);
  if (pci === undefined) return [];
  return intelGpus(pci).flatMap((device) => {
    const entry = lookupGpu(device.device);
    if (entry === undefined) return [];
    const gpu: GpuCase = { facts: ground.facts, device, entry, release: ifKnown(ground.facts.kernel)?.release };
    const signs = [...asked(ground, gpu), ...named(gpu, pci), ...used(gpu, pci), ...prepared(gpu), ...shared(gpu, pci)];
    return signs.filter((one, at) => signs.findIndex(({ mode }) => mode === one.mode) === at).map((one) => ({ ...gpu, ...one }));
  });
}

type Sign = Pick<GpuWish, 'mode' | 'sign'>;

function asked({ desired }: DoctorCase, { device }: GpuCase): readonly Sign[] {
  const wish = desired.state === 'known' ? desiredOf(desired.value, device) : undefined;
  if (wish === undefined) return [];
  return [{ mode: wish.mode, sign: { source: '/var/lib/pveigpu/desired.json', value: `${device.bdf}: ${wish.mode}` } }];
}

function named({ facts, device }: GpuCase, pci: PciFacts): readonly Sign[] {
  const pools = ifKnown(facts.pools)?.pools ?? [];
  const node = nodeOf(facts);
  return ownGuests(facts).flatMap((guest) =>
    slicesOf(guest, 'next', { pci, pools, node }).flatMap((slice) => {
      const mode = modeOfSlice(slice, device, pci, pools, node);
      return mode === undefined ? [] : [{ mode, sign: entryEvidence(guest, slice.via) }];
    }),
  );
}

/** The line of a guest's configuration, as evidence. */
export function entryEvidence(guest: Guest, key: string): Evidence {
  const value = valueAt(guest, key, 'next');
  return { source: guestName(guest), value: visible(value === undefined ? key : `${key}: ${value}`, 160) };
}

function modeOfSlice(slice: GuestSlice, gpu: PciDevice, pci: PciFacts, pools: readonly Pool[], node: string): Mode | undefined {
  const vfs: readonly string[] = vfsOf(pci, gpu).map(({ bdf }) => bdf);
  const isVf = (address: string) => vfs.includes(address) || isVfPlace(gpu, address);
  switch (slice.kind) {
    case 'pf':
      return slice.bdf === gpu.bdf ? 'gvt-d' : undefined;
    case 'vf':
      return slice.pf === gpu.bdf ? 'sriov' : undefined;
    case 'missing':
      return isVf(slice.address) ? 'sriov' : undefined;
    case 'mdev':
      return slice.parent === gpu.bdf ? 'gvt-g' : undefined;
    case 'pool': {
      const entries = pools.find(({ id }) => id === slice.pool)?.entries ?? [];
      const paths = entries.filter((entry) => entry.node === node).flatMap(({ path }) => path.split(';'));
      if (paths.some(isVf)) return 'sriov';
      return paths.includes(gpu.bdf) ? 'gvt-d' : undefined;
    }
    default:
      return undefined;
  }
}

const TRIED =
  /Failed to enable \d+ VFs|not enough MMIO resources for SR-IOV|cannot configure SR-IOV|SR-IOV configuration via sysfs/;

function used(gpu: GpuCase, pci: PciFacts): readonly Sign[] {
  const { device } = gpu;
  const links = vfsOf(pci, device).map(({ bdf }) => bdf);
  const mdevs = (device.mdevTypes ?? []).flatMap(({ devices }) => devices);
  const tried = links.length > 0 ? undefined : logEvidence(gpu, TRIED);
  return [
    ...(links.length > 0 ? [{ mode: 'sriov' as const, sign: attribute(device, 'virtfn*', links.join(' ')) }] : []),
    ...(mdevs.length > 0 ? [{ mode: 'gvt-g' as const, sign: attribute(device, 'mdev_supported_types', mdevs.join(' ')) }] : []),
    ...(device.driver === 'vfio-pci' ? [{ mode: 'gvt-d' as const, sign: attribute(device, 'driver', 'vfio-pci') }] : []),
    ...(tried === undefined ? [] : [{ mode: 'sriov' as const, sign: tried }]),
  ];
}

/** Who installed i915-sriov-dkms wants VFs, on a GPU that can have some. */
function prepared({ facts, entry }: GpuCase): readonly Sign[] {
  if (!everHasSriov(entry)) return [];
  const installed = (ifKnown(facts.modules)?.dkms ?? []).find(({ name }) => name === DKMS_PACKAGE);
  if (installed === undefined) return [];
  return [{ mode: 'sriov', sign: { source: `/var/lib/dkms/${DKMS_PACKAGE}`, value: installed.version } }];
}

/** A container that has a node of the GPU wants it to stay with the host; VFs beside that do not speak against it, so it comes last. */
function shared({ facts, device }: GpuCase, pci: PciFacts): readonly Sign[] {
  const nodes = ifKnown(facts.drm)?.nodes ?? [];
  const own = (path: string) => nodes.some((node) => node.path === path && node.pci === device.bdf);
  const context = { pci, pools: [], node: nodeOf(facts) };
  return ownGuests(facts).flatMap((guest) =>
    guest.kind !== 'lxc'
      ? []
      : slicesOf(guest, 'next', context).flatMap((slice): readonly Sign[] =>
          slice.kind === 'shared' && own(slice.path) ? [{ mode: 'host', sign: entryEvidence(guest, slice.via) }] : [],
        ),
  );
}
