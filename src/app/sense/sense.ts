// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FactSections, HostFacts, SectionName } from '../../core/facts/host-facts.ts';
import { type Section, unknown } from '../../core/facts/section.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';

/** Reads one section of facts. Expected failures are an `unknown` section with the reason. */
export type Sensor<K extends SectionName> = (host: Host) => Promise<Section<FactSections[K]>>;

/** The sensor of each section, loaded when it is asked for: a command loads only what it reads. */
const SENSORS: { readonly [K in SectionName]: () => Promise<Sensor<K>> } = {
  pci: async () => (await import('./sense-pci.ts')).sensePci,
  drm: async () => (await import('./sense-drm.ts')).senseDrm,
  holders: async () => (await import('./sense-holders.ts')).senseHolders,
  kernel: async () => (await import('./sense-kernel.ts')).senseKernel,
  modules: async () => (await import('./sense-modules.ts')).senseModules,
  logs: async () => (await import('./sense-logs.ts')).senseLogs,
  platform: async () => (await import('./sense-platform.ts')).sensePlatform,
  pve: async () => (await import('./sense-pve.ts')).sensePve,
  guests: async () => (await import('./sense-guests.ts')).senseGuests,
  pools: async () => (await import('./sense-pools.ts')).sensePools,
  reservations: async () => (await import('./sense-reservations.ts')).senseReservations,
  hookscripts: async () => (await import('./sense-hookscripts.ts')).senseHookscripts,
  roms: async () => (await import('./sense-roms.ts')).senseRoms,
  starts: async () => (await import('./sense-starts.ts')).senseStarts,
  boot: async () => (await import('./sense-boot.ts')).senseBoot,
  config: async () => (await import('./sense-config.ts')).senseConfig,
  packages: async () => (await import('./sense-packages.ts')).sensePackages,
};

/** Every section, in the order in which facts list them. */
export const ALL_SECTIONS: readonly SectionName[] = Object.keys(SENSORS) as SectionName[];

/** What plans about guests and slices rest on: all but what only host set-up changes. */
export const GUEST_SECTIONS: readonly SectionName[] = ALL_SECTIONS.filter(
  (name) => name !== 'boot' && name !== 'config' && name !== 'packages' && name !== 'roms' && name !== 'starts',
);

/**
 * Reads a machine: the sections asked for, all at the same time, since over a network the waiting counts. The others are
 * `not-sensed`. Never rejects: a sensor that breaks makes its own section `unknown`, with what it said.
 */
export async function sense(host: Host, sections: readonly SectionName[] = ALL_SECTIONS): Promise<HostFacts> {
  const entries = await Promise.all(
    ALL_SECTIONS.map(
      async (name) => [name, sections.includes(name) ? await senseSection(host, name) : { state: 'not-sensed' }] as const,
    ),
  );
  return { format: 1, ...Object.fromEntries(entries) } as unknown as HostFacts;
}

async function senseSection<K extends SectionName>(host: Host, name: K): Promise<Section<FactSections[K]>> {
  try {
    const sensor: Sensor<K> = await SENSORS[name]();
    return await sensor(host);
  } catch (error) {
    return unknown(
      `the ${name} section could not be read: ${visible(error instanceof Error ? error.message : String(error), 300)}`,
    );
  }
}
