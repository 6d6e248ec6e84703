// SPDX-License-Identifier: AGPL-3.0-or-later

/** Our own history stays on purpose; it is what `history` shows. */
const OWN_STATE = '/var/lib/pveigpu/';

/** Paths whose content differs between two states of a node, added and removed ones included, our own history left out. */
export function differences(
  before: { readonly [path: string]: string },
  after: { readonly [path: string]: string },
): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => !path.startsWith(OWN_STATE) && before[path] !== after[path]).sort();
}
