// SPDX-License-Identifier: AGPL-3.0-or-later
import { COMPANION_ROWS, EVIDENCE_PARTS, FAMILY_FIELDS, FAMILY_ROWS, GPU_ROWS, GPU_TEXTS } from './catalogue-data.ts';
import type { CatalogueCompanion, CatalogueEntry } from './catalogue-entry.ts';

// Nothing is decoded when this module loads: a lookup decodes the one row that it needs.

/** What the catalogue says of an Intel GPU id (four hex digits, with or without `0x`, any case), or undefined. */
export function lookupGpu(device: string): CatalogueEntry | undefined {
  const id = device.toLowerCase().replace(/^0x/, '');
  if (!/^[0-9a-f]{4}$/.test(id)) return undefined;
  const start = GPU_ROWS.indexOf(`\n${id}\t`);
  return start < 0 ? undefined : decodeGpu(GPU_ROWS.slice(start + 1, GPU_ROWS.indexOf('\n', start + 1)));
}

/** Every GPU of the catalogue in the order of the source table. */
export function allGpus(): readonly CatalogueEntry[] {
  return linesOf(GPU_ROWS).map(decodeGpu);
}

/** The devices that travel with GPUs of a platform (`APL`, `RPL-S`, ...); none for a platform that is not named. */
export function lookupCompanions(platform: string): readonly CatalogueCompanion[] {
  return allCompanions().filter((companion) => companion.platforms.includes(platform));
}

/** Every companion of the catalogue in the order of the source table. */
export function allCompanions(): readonly CatalogueCompanion[] {
  return linesOf(COMPANION_ROWS).map((line) => {
    const [device = '', platforms = '', role = '', bdfHint = '', name = '', description = '', evidence = ''] = line.split('\t');
    return {
      device,
      platforms: platforms.split(','),
      role,
      bdfHint: orNull(bdfHint),
      name: orNull(name),
      description: lineAt(GPU_TEXTS, description),
      evidence: evidence.replaceAll('@', 'linux 7.3.4 include/linux/pci_ids.h:'),
    };
  });
}

/** A name for people: that of pci.ids, else the code name. */
export function gpuName(entry: CatalogueEntry): string {
  return entry.name ?? `${entry.codename} Graphics`;
}

function decodeGpu(row: string): CatalogueEntry {
  const [device = '', family = '', gt = '', sku = '', name = '', pciidsLine = '', parts = ''] = row.split('\t');
  const evidence = parts.split(' ').map((part) => lineAt(EVIDENCE_PARTS, part));
  return {
    device,
    name: name === '' ? null : lineAt(GPU_TEXTS, name),
    skuHint: sku === '' ? null : lineAt(GPU_TEXTS, sku),
    gt: orNull(gt),
    evidence: evidence.join('; ').replace('pciids.h:#', `pciids.h:${pciidsLine}`),
    ...decodeFamily(lineAt(FAMILY_ROWS, family)),
  };
}

type Family = Omit<CatalogueEntry, 'device' | 'name' | 'skuHint' | 'gt' | 'evidence'>;

function decodeFamily(row: string): Family {
  const fields = linesOf(FAMILY_FIELDS);
  const pairs = row.split(' ').map((number, i): [string, unknown] => {
    const [field = '', ...values] = (fields[i] ?? '').split('\t');
    return [field, JSON.parse(values[base36(number)] ?? 'null')];
  });
  return Object.fromEntries(pairs) as unknown as Family;
}

function linesOf(text: string): readonly string[] {
  return text.slice(1, -1).split('\n');
}

function lineAt(text: string, number: string): string {
  return linesOf(text)[base36(number)] ?? '';
}

function base36(number: string): number {
  return Number.parseInt(number, 36);
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
