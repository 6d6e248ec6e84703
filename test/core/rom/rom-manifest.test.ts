// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allGpus } from '../../../src/core/gpu/catalogue.ts';
import { guestSections } from '../../../src/core/guest/guest-sections.ts';
import { parseRomManifest, printRomManifest, romOfManifest, romPaths } from '../../../src/core/rom/rom-manifest.ts';
import { romSourceOf, romSourcesFor } from '../../../src/core/rom/rom-sources.ts';
import { romUsers } from '../../../src/core/rom/rom-users.ts';

const manifest = fc.record({
  format: fc.constant(1 as const),
  sha256: fc.string(),
  sizeBytes: fc.nat(),
  ids: fc.array(fc.string()),
  source: fc.string({ unit: 'binary' }),
  device: fc.option(fc.string()),
  allNodes: fc.boolean(),
  installed: fc.string(),
});

describe('the note beside a ROM file', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(manifest, (value) => {
        expect(parseRomManifest(printRomManifest(value), 'x')).toEqual({ ok: true, value });
      }),
    );
  });

  test('any text gives an answer', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRomManifest(text, 'x')));
    expect(parseRomManifest('{"format": 2}', 'x')).toMatchObject({ ok: false, problem: { code: 'format.newer' } });
    expect(parseRomManifest('{', 'x')).toMatchObject({ ok: false, problem: { code: 'format.unreadable' } });
  });

  test('stands beside the file, whose name leads nowhere else', () => {
    const paths = romPaths('igd.rom');
    expect(paths).toEqual({
      ok: true,
      value: { rom: '/usr/share/kvm/igd.rom', manifest: '/usr/share/kvm/igd.rom.pveigpu.json' },
    });
    expect(romOfManifest('igd.rom.pveigpu.json')).toBe('igd.rom');
    expect(romOfManifest('igd.rom')).toBeUndefined();
    for (const name of ['', '..', '../x', 'a/b', '.x', 'a b', 'a,b', 'a;b', 'x.pveigpu.json', 'a\n', 'x'.repeat(101)])
      expect(romPaths(name).ok, name).toBe(false);
  });
});

test('guests name ROM files in hostpci and args, now, next and in snapshots, on all nodes', () => {
  const guest = (vmid: number, node: string, text: string) => ({
    vmid,
    node,
    kind: 'qemu' as const,
    running: { state: 'absent' as const },
    ...guestSections('qemu', text, true),
  });
  const users = romUsers({
    guests: [
      guest(101, 'pve', 'hostpci0: 0000:00:02.0,romfile=a.rom,x-vga=1\n\n[PENDING]\nhostpci0: 0000:00:02.0,romfile=b.rom\n'),
      guest(102, 'pve2', 'args: -device vfio-pci,host=00:02.0,romfile=/usr/share/kvm/a.rom -device x,romfile=c.rom\n'),
      guest(103, 'pve', 'memory: 64\n\n[before]\nhostpci0: 0000:00:02.0,romfile=a.rom\nsnaptime: 1\n'),
      guest(104, 'pve', 'description: romfile=a.rom\nmemory: 64\n'),
    ],
    unreadable: [],
  });
  expect([...users.keys()].sort()).toEqual(['a.rom', 'b.rom', 'c.rom']);
  expect(users.get('a.rom')).toEqual([
    { vmid: 101, node: 'pve', onlySnapshot: false },
    { vmid: 102, node: 'pve2', onlySnapshot: false },
    { vmid: 103, node: 'pve', onlySnapshot: true },
  ]);
});

test('every source is for platforms of the catalogue, and says where it is from', () => {
  const platforms = [...new Set(allGpus().map(({ platform }) => platform))];
  const sources = platforms.flatMap(romSourcesFor);
  expect(new Set(sources.map(({ file }) => file)).size).toBeGreaterThanOrEqual(18);
  for (const { page, sha256, hashPage, file } of sources) {
    expect(page, file).toMatch(/^https:\/\/github\.com\//);
    if (sha256 === null) continue;
    expect([sha256, hashPage], file).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^https:/)]);
    expect(romSourceOf(sha256)?.file).toBe(file);
  }
  expect(romSourcesFor('BMG')).toEqual([]);
});
