// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts } from './boot-facts.ts';
import type { ConfigFacts } from './config-facts.ts';
import type { DrmFacts, HolderFacts } from './drm-facts.ts';
import type { GuestFacts, HookscriptFacts, PoolFacts, ReservationFacts } from './guest-facts.ts';
import type { KernelFacts, LogFacts, ModuleFacts } from './kernel-facts.ts';
import type { PackageFacts } from './package-facts.ts';
import type { PciFacts } from './pci-facts.ts';
import type { PlatformFacts, PveFacts } from './platform-facts.ts';
import type { RomFacts } from './rom-facts.ts';
import type { Section } from './section.ts';
import type { StartFacts } from './start-facts.ts';

/** The sections of facts and the type of each. A new section is a new line here and a new file in `src/app/sense/`. */
export interface FactSections {
  readonly pci: PciFacts;
  readonly drm: DrmFacts;
  readonly holders: HolderFacts;
  readonly kernel: KernelFacts;
  readonly modules: ModuleFacts;
  readonly logs: LogFacts;
  readonly platform: PlatformFacts;
  readonly pve: PveFacts;
  readonly guests: GuestFacts;
  readonly pools: PoolFacts;
  readonly reservations: ReservationFacts;
  readonly hookscripts: HookscriptFacts;
  readonly roms: RomFacts;
  readonly starts: StartFacts;
  readonly boot: BootFacts;
  readonly config: ConfigFacts;
  readonly packages: PackageFacts;
}

export type SectionName = keyof FactSections;

/** Everything sensed of one machine at one time: a JSON value. */
export type HostFacts = { readonly format: 1 } & { readonly [K in SectionName]: Section<FactSections[K]> };
