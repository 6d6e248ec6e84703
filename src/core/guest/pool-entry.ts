// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PoolEntry } from '../facts/guest-facts.ts';
import { problem, type Result } from '../problem.ts';
import { type PropertyFormat, parsePropertyString } from './property-string.ts';

const ADDRESS = '[a-f0-9]{4,}:[a-f0-9]{2}:[a-f0-9]{2}(?:.[a-f0-9])?';
const IDS = /^[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}$/;

/** The `map` value of a mapping (pve-guest-common Mapping/PCI.pm); the domain of a path is mandatory. */
const FORMAT: PropertyFormat = {
  types: {
    node: /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    id: IDS,
    'subsystem-id': IDS,
    path: new RegExp(`^(?:${ADDRESS};)*${ADDRESS}$`),
    iommugroup: 'integer',
    description: 'string',
  },
};

/** Reads one `map` entry. Fails with `pool.invalid` where PVE refuses it. */
export function parsePoolEntry(text: string): Result<PoolEntry> {
  const parsed = parsePropertyString(text, FORMAT);
  if (!parsed.ok) return invalid(text, parsed.reason);
  const values = new Map(parsed.parts.map((part) => [part.key, part.value]));
  const missing = ['node', 'id', 'path'].find((key) => !values.has(key));
  if (missing !== undefined) return invalid(text, `"${missing}" is missing`);
  const subsystemId = values.get('subsystem-id');
  const group = values.get('iommugroup');
  const description = values.get('description');
  return {
    ok: true,
    value: {
      node: values.get('node') ?? '',
      id: values.get('id') ?? '',
      path: values.get('path') ?? '',
      ...(subsystemId === undefined ? {} : { subsystemId }),
      ...(group === undefined ? {} : { iommuGroup: Number(group) }),
      ...(description === undefined ? {} : { description }),
    },
  };
}

/** Writes an entry in the form that PVE's own interface sends, keys sorted: `id=8086:4680,iommugroup=20,node=...,path=...`. */
export function printPoolEntry(entry: PoolEntry): string {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['description', entry.description],
    ['id', entry.id],
    ['iommugroup', entry.iommuGroup?.toString()],
    ['node', entry.node],
    ['path', entry.path],
    ['subsystem-id', entry.subsystemId],
  ];
  return values.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])).join(',');
}

function invalid(text: string, reason: string) {
  return problem('pool.invalid', `The mapping entry "${text}" is not valid: ${reason}.`, {
    hint: 'Write it like id=8086:4680,iommugroup=20,node=NODE,path=0000:00:02.1,subsystem-id=1043:8694.',
  });
}
