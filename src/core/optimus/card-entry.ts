// SPDX-License-Identifier: AGPL-3.0-or-later
import { nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { type Hostpci, parseHostpci } from '../guest/hostpci.ts';
import { hostpciTargets } from '../guest/hostpci-targets.ts';

/** The `hostpciN` by which a guest has a card, by its address or through a mapping. */
export interface CardEntry {
  readonly key: string;
  readonly value: Hostpci;
}

/** The entry of a guest that can take this card; undefined when there is none. */
export function entryOf(facts: HostFacts, guest: Guest, { bdf }: PciDevice): CardEntry | undefined {
  const pools = ifKnown(facts.pools)?.pools ?? [];
  for (const [key, text] of Object.entries(nextConfig(guest))) {
    const entry = /^hostpci\d+$/.test(key) ? parseHostpci(text) : undefined;
    if (entry?.ok !== true || !hostpciTargets(entry.value, [bdf], pools, guest.node).includes(bdf)) continue;
    return { key, value: entry.value };
  }
  return undefined;
}
