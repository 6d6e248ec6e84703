// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../facts/guest-facts.ts';
import type { Bdf } from '../pci/address.ts';
import { type Hostpci, hostpciValue } from './hostpci.ts';

/** What one `hostpciN` value names. */
export type HostpciNames =
  | { readonly kind: 'host'; readonly addresses: readonly string[] }
  | { readonly kind: 'mapping'; readonly mapping: string }
  | { readonly kind: 'nothing' };

/** The addresses (with domain, the function may be missing) or the mapping that a value names. A mapping wins where both stand. */
export function hostpciNames(hostpci: Hostpci): HostpciNames {
  const mapping = hostpciValue(hostpci, 'mapping');
  if (mapping !== undefined) return { kind: 'mapping', mapping };
  const host = hostpciValue(hostpci, 'host');
  if (host === undefined) return { kind: 'nothing' };
  return { kind: 'host', addresses: host.split(';').map(withDomain) };
}

/** `00:02.1` becomes `0000:00:02.1`; a text with a domain stays. */
export function withDomain(address: string): string {
  return address.split(':').length === 2 ? `0000:${address}` : address;
}

/** Whether an address names a whole slot: PVE then passes every function in it, the PF and all its VFs too. */
export function isWholeSlot(address: string): boolean {
  return !address.includes('.');
}

/** The functions among `present` that an address touches: PVE matches by prefix (pve-common SysFSTools.pm lspci). */
export function expandAddress(address: string, present: readonly Bdf[]): readonly Bdf[] {
  const full = withDomain(address);
  return present.filter((bdf) => bdf.startsWith(isWholeSlot(full) ? `${full}.` : full));
}

/**
 * Every device that a value can touch on this node: all functions that it names, or, for a mapping, those of each entry for the node
 * (PVE takes the first free entry, so any of them may be the one).
 */
export function hostpciTargets(hostpci: Hostpci, present: readonly Bdf[], pools: readonly Pool[], node: string): readonly Bdf[] {
  const names = hostpciNames(hostpci);
  if (names.kind === 'nothing') return [];
  const addresses = names.kind === 'host' ? names.addresses : poolAddresses(names.mapping, pools, node);
  return [...new Set(addresses.flatMap((address) => expandAddress(address, present)))];
}

function poolAddresses(id: string, pools: readonly Pool[], node: string): readonly string[] {
  const entries = pools.find((pool) => pool.id === id)?.entries ?? [];
  return entries.filter((entry) => entry.node === node).flatMap((entry) => entry.path.split(';'));
}
