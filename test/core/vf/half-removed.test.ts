// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { PciDevice, PciFacts } from '../../../src/core/facts/pci-facts.ts';
import { halfRemovedVfs, noOpenRemoval, openRemovalText } from '../../../src/core/vf/half-removed.ts';
import { wholeDisplays } from '../../../src/core/vf/whole-displays.ts';
import { bdf, factsOf, intelGpu, sriov, vfDevices } from '../../support/facts.ts';

const VF_DEVICE = '7d68';

function machine(more: Partial<PciDevice>, vfs: readonly number[] = []): { readonly pci: PciFacts; readonly pf: PciDevice } {
  const links = vfs.map((number) => ({ index: number - 1, bdf: bdf(`0000:00:02.${number}`) }));
  const offer = { ...sriov(7), sriov: { totalVfs: 7, offset: 1, stride: 1, vfDevice: VF_DEVICE, vfs: links } };
  const pf = intelGpu('a780', offer);
  const whole = vfDevices('a780', 7, 'vfio-pci').filter((vf) => links.some((link) => link.bdf === vf.bdf));
  const other = intelGpu('a780', { bdf: bdf('0000:00:02.2'), driver: null, bootVga: false, iommuGroup: 21, ...more });
  return { pf, pci: { displays: [pf, other, ...whole], others: [], iommuGroups: [] } };
}

describe('a function without links at the place of a VF', () => {
  test.each([
    ['with the id of the GPU', {}],
    ['with the id of its VFs', { device: VF_DEVICE }],
  ])('%s is what is left of a VF', (_, more) => {
    const { pci, pf } = machine(more, [3]);
    expect(wholeDisplays(pci)).toEqual([pf]);
    expect(halfRemovedVfs(pci, pf)).toMatchObject([{ number: 2, bdf: '0000:00:02.2' }]);
    expect(openRemovalText(pci, pf)).toContain('VF 2 (0000:00:02.2) is only half gone');
  });

  test.each<[string, Partial<PciDevice>]>([
    ['of another model', { device: '56a0' }],
    ['of another vendor', { vendor: '1002' }],
    ['that can have VFs itself', sriov(7)],
    ['in another place', { bdf: bdf('0000:03:00.0') }],
  ])('%s is a GPU', (_, more) => {
    const { pci, pf } = machine(more);
    expect(wholeDisplays(pci)).toHaveLength(2);
    expect(halfRemovedVfs(pci, pf)).toEqual([]);
    expect(openRemovalText(pci, pf)).toBeUndefined();
  });

  test('a whole VF is neither', () => {
    const { pci, pf } = machine({ physfn: bdf('0000:00:02.0') }, [1, 2]);
    expect(wholeDisplays(pci)).toEqual([pf]);
    expect(openRemovalText(pci, pf)).toBeUndefined();
  });
});

test('VFs that are missing below others are going', () => {
  const going = machine({ bdf: bdf('0000:03:00.0') }, [2, 3]);
  expect(openRemovalText(going.pci, going.pf)).toContain('some are gone and some are not');
  const there = machine({ bdf: bdf('0000:03:00.0') }, [1, 2, 3]);
  expect(openRemovalText(there.pci, there.pf)).toBeUndefined();
});

test('who has it open is named where that is known', () => {
  const { pci, pf } = machine({});
  const holders = [{ pid: 7, command: 'ffmpeg', paths: ['/dev/vfio/21'] }];
  const facts = factsOf({ pci, holders: { holders } });
  expect(noOpenRemoval(facts, pci, pf)).toMatchObject({
    ok: false,
    problem: { code: 'vf.in-use', message: expect.stringContaining('in use by ffmpeg (pid 7)') },
  });
  expect(noOpenRemoval(factsOf({ pci }), pci, pf)).toMatchObject({ ok: false, problem: { code: 'vf.in-use' } });
});
