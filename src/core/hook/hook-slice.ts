// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../facts/guest-facts.ts';
import { hostpciValue, parseHostpci } from '../guest/hostpci.ts';
import { hostpciNames, isWholeSlot } from '../guest/hostpci-targets.ts';

/** One `hostpciN` entry that may be a slice of a GPU, as the hook sees it. */
export interface HookSlice {
  /** `hostpci0`. */
  readonly key: string;
  /** Addresses in PVE's form: with the function, or a slot that stands for all its functions. */
  readonly addresses: readonly string[];
  /** The pool whose entries the addresses are; PVE takes one of them. Absent for a raw entry, whose addresses are all taken. */
  readonly pool?: string;
  /** The IOMMU group that the pool states for an address; PVE refuses every start on a pool of which one is wrong. */
  readonly statedGroups: { readonly [address: string]: number };
  /** `driver=keep`: PVE neither binds nor resets, so the driver must be right already. */
  readonly keepsDriver: boolean;
  /** Its pool is marked live-migration-capable: QEMU starts the guest only with a VF whose state its driver can save. */
  readonly migrates: boolean;
}

const KEY = /^hostpci\d+$/;

/** Whether a configuration has any passthrough at all: most guests are done with that. */
export function hasPassthrough(keys: { readonly [key: string]: string }): boolean {
  return Object.keys(keys).some((key) => KEY.test(key));
}

/** Whether a configuration names a mapping, so that the pools have to be read. */
export function namesPool(keys: { readonly [key: string]: string }): boolean {
  return Object.entries(keys).some(([key, value]) => KEY.test(key) && value.includes('mapping='));
}

/**
 * The entries that take PCI functions as they are. Entries that PVE cannot read and mediated devices are left out: PVE says
 * what is wrong with the first, and makes the second itself.
 */
export function hookSlices(keys: { readonly [key: string]: string }, pools: readonly Pool[], node: string): readonly HookSlice[] {
  return Object.entries(keys).flatMap(([key, text]): HookSlice[] => {
    const parsed = KEY.test(key) ? parseHostpci(text) : undefined;
    if (parsed?.ok !== true || hostpciValue(parsed.value, 'mdev') !== undefined) return [];
    const keepsDriver = hostpciValue(parsed.value, 'driver') === 'keep';
    const names = hostpciNames(parsed.value);
    if (names.kind === 'host') return [{ key, addresses: names.addresses, statedGroups: {}, keepsDriver, migrates: false }];
    if (names.kind === 'nothing') return [];
    const pool = pools.find(({ id }) => id === names.mapping);
    if (pool === undefined || pool.mdev) return [];
    const entries = pool.entries.filter((entry) => entry.node === node);
    const addresses = entries.flatMap((entry) => entry.path.split(';'));
    // Of several functions in one entry PVE compares the group of the first.
    const groups = entries.flatMap(({ path, iommuGroup }) =>
      iommuGroup === undefined ? [] : [[path.split(';')[0] ?? path, iommuGroup] as const],
    );
    return [
      {
        key,
        addresses,
        pool: pool.id,
        statedGroups: Object.fromEntries(groups),
        keepsDriver,
        migrates: pool.liveMigrationCapable === true,
      },
    ];
  });
}

/** Whether an address of a slice takes a function: itself, or the whole slot that it is in. */
export function takes(address: string, bdf: string): boolean {
  return isWholeSlot(address) ? bdf.startsWith(`${address}.`) : address === bdf;
}
