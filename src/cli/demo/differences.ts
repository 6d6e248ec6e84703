// SPDX-License-Identifier: AGPL-3.0-or-later

/** Our own history stays on purpose; it is what `history` shows. */
const OWN_STATE = '/var/lib/pveigpu/';

/** PVE leaves an empty file behind when the last mapping goes; to PVE that is the same as none. */
const POOLS = '/etc/pve/mapping/pci.cfg';

/** Paths of files whose content differs between two states of a node, added and removed ones included, our own history left out. */
export function differences(
  before: { readonly [path: string]: string },
  after: { readonly [path: string]: string },
): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  const same = (path: string) => before[path] === after[path] || (path === POOLS && (before[path] ?? '') === (after[path] ?? ''));
  // A folder that was made for a file stays, as with any package; on a real node it was there before.
  return [...paths].filter((path) => !path.endsWith('/') && !path.startsWith(OWN_STATE) && !same(path)).sort();
}
