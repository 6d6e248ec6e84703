// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../facts/guest-facts.ts';
import { parsePoolEntry, printPoolEntry } from './pool-entry.ts';
import { isConfigId, parseBoolean } from './property-string.ts';

/** One mapping as the file holds it: each `map` value as its text, so that nobody's entry is rewritten. */
export interface PoolSection {
  readonly id: string;
  readonly maps: readonly string[];
  readonly description?: string;
  readonly liveMigrationCapable?: boolean;
  readonly mdev?: boolean;
}

/** `/etc/pve/mapping/pci.cfg` as PVE reads it, with the lines that it ignores (a rewrite loses them). */
export interface PoolConfig {
  readonly sections: readonly PoolSection[];
  readonly ignored: readonly { readonly line: number; readonly reason: string }[];
}

/** The pools of the file; entries that PVE cannot read are left out, as PVE does at start. */
export function parsePoolConfig(text: string): readonly Pool[] {
  return readPoolSections(text).sections.map(poolOfSection);
}

/**
 * Reads the file with PVE's own decisions (pve-common SectionConfig.pm parse_config): comments vanish, a section ends at an empty
 * line, one without `map` is dropped, of two with one name the later one counts.
 */
export function readPoolSections(text: string): PoolConfig {
  const ignored: { line: number; reason: string }[] = [];
  const byId = new Map<string, PoolSection>();
  let open: OpenSection | 'skipped' | undefined;
  const close = () => {
    if (open === undefined || open === 'skipped') return;
    byId.delete(open.id);
    const { id, maps, options, line } = open;
    if (maps.length === 0) ignored.push({ line, reason: `the mapping ${id} has no map` });
    else byId.set(id, { id, maps, ...options });
  };
  text.split('\n').forEach((line, index) => {
    if (/^\s*#/.test(line)) return;
    if (line === '') {
      close();
      open = undefined;
    } else if (open === undefined) {
      const id = /^(\S+)\s*$/.exec(line)?.[1];
      if (id === undefined) ignored.push({ line: index + 1, reason: 'no section header' });
      else if (isConfigId(id)) open = { id, maps: [], options: {}, line: index + 1 };
      else {
        open = 'skipped';
        ignored.push({ line: index + 1, reason: 'invalid configuration ID' });
      }
    } else if (open !== 'skipped') {
      const reason = optionLine(line, open);
      if (reason !== undefined) ignored.push({ line: index + 1, reason });
    }
  });
  close();
  return { sections: [...byId.values()], ignored };
}

interface OpenSection {
  readonly id: string;
  readonly maps: string[];
  readonly options: { description?: string; liveMigrationCapable?: boolean; mdev?: boolean };
  readonly line: number;
}

/** Takes one line into a section; the reason when PVE ignores it. */
function optionLine(line: string, section: OpenSection): string | undefined {
  const match = /^\s+(\S+)(?:\s+(.*\S))?\s*$/.exec(line);
  if (match === null) return 'no option line';
  const [, key = '', value] = match;
  const { options } = section;
  switch (key) {
    case 'map': {
      if (value === undefined || !parsePoolEntry(value).ok) return 'unable to parse value of map';
      section.maps.push(value);
      return undefined;
    }
    case 'description':
      if (value === undefined || options.description !== undefined) return `duplicate or empty ${key}`;
      options.description = value;
      return undefined;
    case 'mdev':
    case 'live-migration-capable': {
      const name = key === 'mdev' ? 'mdev' : 'liveMigrationCapable';
      const flag = parseBoolean(value ?? '1');
      if (flag === undefined || options[name] !== undefined) return `duplicate or unreadable ${key}`;
      options[name] = flag;
      return undefined;
    }
    default:
      return `unexpected property '${key}'`;
  }
}

/** Writes the file as PVE does: byte for byte what PVE wrote before when nothing changed. */
export function printPoolSections(sections: readonly PoolSection[]): string {
  return sections
    .map((section) => {
      const lines = [section.id, ...section.maps.map((map) => `\tmap ${map}`)];
      if (section.description !== undefined && section.description !== '') lines.push(`\tdescription ${section.description}`);
      if (section.liveMigrationCapable !== undefined) {
        lines.push(`\tlive-migration-capable ${section.liveMigrationCapable ? 1 : 0}`);
      }
      if (section.mdev !== undefined) lines.push(`\tmdev ${section.mdev ? 1 : 0}`);
      return `${lines.join('\n')}\n\n`;
    })
    .join('');
}

/** A section in the words of facts and plans. */
export function poolOfSection(section: PoolSection): Pool {
  return {
    id: section.id,
    ...(section.description === undefined ? {} : { description: section.description }),
    mdev: section.mdev === true,
    liveMigrationCapable: section.liveMigrationCapable === true,
    entries: section.maps.flatMap((map) => {
      const entry = parsePoolEntry(map);
      return entry.ok ? [entry.value] : [];
    }),
  };
}

/** A pool as PVE would store it when it is sent through its API. */
export function sectionOfPool(pool: Pool): PoolSection {
  return {
    id: pool.id,
    maps: pool.entries.map(printPoolEntry),
    ...(pool.description === undefined ? {} : { description: pool.description }),
    ...(pool.liveMigrationCapable ? { liveMigrationCapable: true } : {}),
    ...(pool.mdev ? { mdev: true } : {}),
  };
}
