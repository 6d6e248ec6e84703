// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allCompanions, allGpus, gpuName, lookupCompanions, lookupGpu } from '../../../src/core/gpu/catalogue.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const text = (path: string) => readFileSync(resolve(ROOT, path), 'utf8');

/** An own reading of a source table, apart from that of the compiler. */
function table(path: string): Record<string, string>[] {
  const lines = text(path)
    .trimEnd()
    .split('\n')
    .filter((line) => line[0] !== '#');
  const names = (lines.shift() ?? '').split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    expect(cells).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

const orNull = (cell: string | undefined) => (cell === '' || cell === undefined ? null : cell);
const families = JSON.parse(text('data/intel-gpu-families.json')) as { families: Record<string, object>; semantics: object };

describe('the catalogue', () => {
  const rows = table('data/intel-gpus.tsv');
  const companions = table('data/intel-companions.tsv');

  test('has lost nothing of any GPU', () => {
    const expected = rows.map(({ device, family = '', gt, skuHint, name, evidence }) => {
      expect(families.families).toHaveProperty([family]);
      return { ...families.families[family], device, gt: orNull(gt), skuHint: orNull(skuHint), name: orNull(name), evidence };
    });
    expect(expected).toHaveLength(447);
    expect(allGpus()).toEqual(expected);
    for (const row of expected) expect(lookupGpu(row.device ?? '')).toEqual(row);
  });

  test('has lost nothing of any companion', () => {
    const expected = companions.map(({ platforms = '', bdfHint, name, ...row }) => ({
      ...row,
      platforms: platforms.split(','),
      bdfHint: orNull(bdfHint),
      name: orNull(name),
    }));
    expect(expected).toHaveLength(62);
    expect(allCompanions()).toEqual(expected);
  });

  test('every family is used and says the same fields', () => {
    const used = new Set(rows.map((row) => row.family));
    expect([...used].sort()).toEqual(Object.keys(families.families).sort());
    const shapes = new Set(Object.values(families.families).map((family) => Object.keys(family).join()));
    expect(shapes.size).toBe(1);
  });

  test('the committed module is what the script makes', () => {
    const made = execFileSync(process.execPath, [resolve(ROOT, 'scripts/build-catalogue.mjs'), '--print'], { encoding: 'utf8' });
    expect(made === text('src/core/gpu/catalogue-data.ts')).toBe(true);
    expect(made.length).toBeLessThan(60_000);
  });

  test('agrees with the counts of the drivers that were read', () => {
    const count = (predicate: (gpu: ReturnType<typeof allGpus>[number]) => boolean) => allGpus().filter(predicate).length;
    expect(count((gpu) => gpu.sriov.i915Dkms)).toBe(70);
    expect(count((gpu) => gpu.sriov.xeDkms)).toBe(91);
    expect(count((gpu) => gpu.sriov.xeMainlineSince !== false)).toBe(112);
    expect(count((gpu) => gpu.gvtg === true)).toBe(115);
    expect(count((gpu) => gpu.vfioDriver === 'xe-vfio-pci')).toBe(27);
  });

  test('finds ids in the forms that sysfs and lspci use', () => {
    expect(lookupGpu('0xA780')).toEqual(lookupGpu('a780'));
    expect(lookupGpu('a780')).toMatchObject({ platform: 'RPL-S', maxVfs: 7, gvtd: 'uefi' });
    for (const wrong of ['', 'a78', 'a7800', 'ffff', '8086', '\n7121', '....']) expect(lookupGpu(wrong)).toBeUndefined();
  });

  test('what is not known stays unknown', () => {
    expect(lookupGpu('b080')?.maxVfs).toBe('unknown');
    expect(lookupGpu('87c0')?.gvtd).toBe('unknown');
    expect(lookupGpu('87c0')?.gvtdDetail?.qemuMin).toBe('unknown');
    expect(lookupGpu('fd80')?.graphicsVersion).toBe('unknown');
    expect(lookupGpu('d744')?.name).toBeNull();
  });

  test('names a GPU that pci.ids does not know by its platform', () => {
    const nameless = lookupGpu('d744');
    expect(nameless && gpuName(nameless)).toBe('Nova Lake-S Graphics');
  });

  test('the VFIO driver of the platforms that xe-vfio-pci serves', () => {
    for (const id of ['b080', 'fd80', 'e211'])
      expect(lookupGpu(id), id).toMatchObject({ vfioDriver: 'xe-vfio-pci', vfioDriverSince: '7.0' });
    expect(lookupGpu('a780')).toMatchObject({ vfioDriver: 'vfio-pci', vfioDriverSince: null });
  });

  test('companions of a platform', () => {
    expect(lookupCompanions('APL')).toHaveLength(14);
    expect(lookupCompanions('APL').map((companion) => companion.role)).toContain('host-bridge');
    expect(lookupCompanions('nothing')).toEqual([]);
  });
});
