// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownerOfMdev, pveMdevUuid } from '../../../src/core/mdev/mdev-uuid.ts';
import { mdevUuid } from '../../../src/simulator/pve/mdev.ts';

describe("PVE's UUID of a mediated device", () => {
  test('is decimal, as qemu-server PCI/Mdev.pm makes it', () => {
    expect(pveMdevUuid({ vmid: 100, index: 1 })).toBe('00000001-0000-0000-0000-000000000100');
  });

  test('of every guest and entry is read back, and is that of the simulated PVE', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999_999_999 }), fc.integer({ min: 0, max: 15 }), (vmid, index) => {
        const uuid = pveMdevUuid({ vmid, index });
        expect([ownerOfMdev(uuid), uuid]).toEqual([{ vmid, index }, mdevUuid(vmid, index)]);
      }),
    );
  });

  test.each([
    'a297db4a-f4c2-11e6-90f6-d3b88d6c9525',
    '00000000-0000-0000-0000-000000000099',
    '00000016-0000-0000-0000-000000000100',
    '0000000a-0000-0000-0000-000000000100',
    '00000000-0000-0000-0000-001000000000',
    '00000000-0000-0000-0000-000000000100\n',
    '',
  ])('%j is none of PVE', (uuid) => {
    expect(ownerOfMdev(uuid)).toBeUndefined();
  });
});
