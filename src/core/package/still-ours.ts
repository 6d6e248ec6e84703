// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Desired } from '../plan/desired.ts';
import type { Ledger } from '../plan/ledger.ts';
import { INDEX_TEMPLATE, UI_SCRIPT } from '../ui/index-template.ts';

/** What the package takes back itself when it goes. */
const WITH_PACKAGE: readonly string[] = [INDEX_TEMPLATE, UI_SCRIPT];

/** What of this node is still as pveigpu set it up, one clause each; empty when nothing is. */
export function stillOurs(ledger: Ledger, desired: Desired): readonly string[] {
  const modes = Object.entries(desired.gpus).filter(([, { mode }]) => mode !== 'host');
  const files = Object.keys(ledger.files)
    .filter((path) => !WITH_PACKAGE.includes(path))
    .sort();
  const named = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`]);
  return [
    ...modes.map(([key, { mode }]) => `mode ${mode} of the GPU ${key.split(' ')[0]}`),
    ...named('files:', files),
    ...named('units:', Object.keys(ledger.units).sort()),
    ...named('packages:', Object.keys(ledger.packages).sort()),
    ...(ledger.pin === undefined ? [] : ['the kernel that is pinned']),
    ...named('pools:', Object.keys(ledger.pools).sort()),
    ...named('slices of the guests', Object.keys(ledger.guests)),
  ];
}
