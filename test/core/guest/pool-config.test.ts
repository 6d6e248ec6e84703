// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PoolEntry } from '../../../src/core/facts/guest-facts.ts';
import { type CheckedDevice, checkEntry, checkPool } from '../../../src/core/guest/pool-check.ts';
import {
  parsePoolConfig,
  poolOfSection,
  printPoolSections,
  readPoolSections,
  sectionOfPool,
} from '../../../src/core/guest/pool-config.ts';
import { parsePoolEntry, printPoolEntry } from '../../../src/core/guest/pool-entry.ts';

const ENTRY = 'id=8086:4680,iommugroup=20,node=pvelab,path=0000:00:02.1,subsystem-id=1043:8694';

/** Recorded on Proxmox VE 9.2.11 after several pvesh create and set on /cluster/mapping/pci. */
const RECORDED = `igpu
\tmap ${ENTRY}
\tmap path=0000:00:02.2,node=pvelab,id=8086:4680
\tdescription two words

ghost
\tmap id=8086:9999,node=nonode,path=0000:00:0a.0
\tdescription desc with, comma: and ü

gvt
\tmap ${ENTRY}
\tlive-migration-capable 1
\tmdev 1

`;

describe('pci.cfg', () => {
  test('prints back what PVE wrote, byte for byte', () => {
    expect(printPoolSections(readPoolSections(RECORDED).sections)).toBe(RECORDED);
    expect(readPoolSections(RECORDED).ignored).toEqual([]);
    expect(printPoolSections(readPoolSections('').sections)).toBe('');
  });

  test('is read into pools', () => {
    const [igpu, ghost, gvt] = parsePoolConfig(RECORDED);
    expect(igpu).toEqual({
      id: 'igpu',
      description: 'two words',
      mdev: false,
      liveMigrationCapable: false,
      entries: [
        { node: 'pvelab', id: '8086:4680', path: '0000:00:02.1', subsystemId: '1043:8694', iommuGroup: 20 },
        { node: 'pvelab', id: '8086:4680', path: '0000:00:02.2' },
      ],
    });
    expect(ghost?.description).toBe('desc with, comma: and ü');
    expect([gvt?.mdev, gvt?.liveMigrationCapable]).toEqual([true, true]);
  });

  test('loses what PVE loses, and says so', () => {
    const text = `# comment\nigpu\n  map ${ENTRY}\n\tmap nonsense\n\tmap\n\tcolour red\nno indent\n\tmdev yes\n\tmdev 0\n\nempty\n\n9bad\n\tmap ${ENTRY}\n`;
    const config = readPoolSections(text);
    expect(config.ignored.map((one) => one.line)).toEqual([4, 5, 6, 7, 9, 11, 13]);
    expect(printPoolSections(config.sections)).toBe(`igpu\n\tmap ${ENTRY}\n\tmdev 1\n\n`);
  });

  test('takes the later of two mappings with one name', () => {
    const text = `one\n\tmap ${ENTRY}\n\ntwo\n\tmap ${ENTRY}\n\none\n\tmap ${ENTRY}\n\tmdev 1\n`;
    expect(parsePoolConfig(text).map((pool) => [pool.id, pool.mdev])).toEqual([
      ['two', false],
      ['one', true],
    ]);
  });

  test('survives printing and reading, whatever the pools are', () => {
    const entry = fc.record<PoolEntry>(
      {
        node: fc.constantFrom('pvelab', 'a-1'),
        id: fc.constantFrom('8086:4680', '8086:a7a0'),
        path: fc.constantFrom('0000:00:02.1', '0000:00:02.1;0000:00:02.2', '0000:00:02'),
        subsystemId: fc.constant('1043:8694'),
        iommuGroup: fc.nat(300),
        description: fc.constantFrom('x', 'two words'),
      },
      { requiredKeys: ['node', 'id', 'path'] },
    );
    const pool = fc.record({
      id: fc.constantFrom('igpu-vf', 'ab', 'x_9'),
      mdev: fc.boolean(),
      liveMigrationCapable: fc.boolean(),
      entries: fc.array(entry, { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(pool, (one) => {
        const text = printPoolSections([sectionOfPool(one)]);
        expect(parsePoolConfig(text)).toEqual([one]);
        expect(printPoolSections(readPoolSections(text).sections)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an entry', () => {
  test('is written in the form that pvesh is given', () => {
    const entry = parsePoolEntry('path=0000:00:02.1,node=pvelab,subsystem-id=1043:8694,iommugroup=20,id=8086:4680');
    expect(entry.ok ? printPoolEntry(entry.value) : entry.problem.message).toBe(ENTRY);
  });

  // As pvesh create refused them on Proxmox VE 9.2.11.
  test.each([
    ['id=8086:4680,node=pvelab', '"path" is missing'],
    ['id=4680,node=pvelab,path=0000:00:02.1', '"4680" is no value for "id"'],
    ['id=8086:4680,node=pvelab,path=00:02.1', '"00:02.1" is no value for "path"'],
  ])('%s is refused', (text, reason) => {
    const entry = parsePoolEntry(text);
    expect(entry.ok ? '' : entry.problem.message).toContain(reason);
  });
});

describe("PVE's check of an entry", () => {
  const device: CheckedDevice = {
    vendor: '8086',
    device: '4680',
    subsystemVendor: '1043',
    subsystemDevice: '8694',
    iommuGroup: 20,
  };
  const find = (path: string) => (path === '0000:00:02.1' || path === '0000:00:02.0' ? device : undefined);
  const check = (text: string, mdev = false) => {
    const entry = parsePoolEntry(text);
    return entry.ok ? checkEntry({ id: 'igpu', mdev }, entry.value, find) : entry.problem.message;
  };

  // The messages are recorded on Proxmox VE 9.2.11 (showcmd, start, check-node).
  test.each([
    [ENTRY, undefined],
    [ENTRY.replace('4680', '9999'), "'id' does not match for 'igpu' (8086:4680 != 8086:9999)"],
    [ENTRY.replace('8694', '0000'), "'subsystem-id' does not match for 'igpu' (1043:8694 != 1043:0000)"],
    [ENTRY.replace('group=20', 'group=18'), "'iommugroup' does not match for 'igpu' (20 != 18)"],
    ['id=8086:4680,node=pvelab,path=0000:00:02.1', "missing expected property 'iommugroup' for device '0000:00:02.1'"],
    [
      'id=8086:4680,iommugroup=20,node=pvelab,path=0000:00:02.1',
      "missing expected property 'subsystem-id' for device '0000:00:02.1'",
    ],
    [ENTRY.replace('02.1', '02.7'), "pci device '0000:00:02.7' not found"],
    [ENTRY.replace('02.1', '02'), undefined],
  ])('%s', (text, message) => {
    expect(check(text)).toBe(message);
  });

  test('wants the mdev flag exactly where the device can do it', () => {
    expect(check(ENTRY, true)).toBe("'mdev' does not match for 'igpu' (0 != 1)");
  });

  test('without an IOMMU the group must not be named', () => {
    const message = checkEntry(
      { id: 'igpu', mdev: false },
      { node: 'a', id: '8086:4680', path: '0000:00:02.1', iommuGroup: 20 },
      () => ({
        ...device,
        iommuGroup: null,
      }),
    );
    expect(message).toBe("unexpected property 'iommugroup' configured for device '0000:00:02.1'");
  });

  test('compares the group of the first device only', () => {
    expect(
      checkEntry(
        { id: 'igpu', mdev: false },
        { node: 'a', id: '8086:4680', path: '0000:00:02.1;0000:00:02.2', subsystemId: '1043:8694', iommuGroup: 20 },
        (path) => (path === '0000:00:02.1' ? device : { ...device, iommuGroup: 21 }),
      ),
    ).toBeUndefined();
  });

  test('one wrong entry spoils the pool, another node does not matter', () => {
    const pool = (text: string) => poolOfSection({ id: 'igpu', maps: [ENTRY, text] });
    expect(checkPool(pool(ENTRY.replace('4680', '9999')), 'pvelab', find)).toContain("'id' does not match");
    expect(checkPool(pool(ENTRY.replace('4680', '9999').replace('pvelab', 'other')), 'pvelab', find)).toBeUndefined();
    expect(checkPool(pool(ENTRY), 'third', find)).toBe("PCI device mapping not found for 'igpu'");
  });
});
