// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/core/gpu/judge.ts';
import { selectGpu } from '../../../src/core/gpu/select-gpu.ts';
import { bdf, drmOf, emptyFacts, factsOf, intelGpu, sriov, vfDevices, without } from '../../support/facts.ts';

const IGPU = bdf('00:02.0');
const CARD = bdf('03:00.0');
const igpu = intelGpu('a780', sriov(7));
const card = (device: string) => intelGpu(device, { bdf: CARD, driver: 'xe', iommuGroup: 14, bootVga: false });
const verdictOf = (...displays: ReturnType<typeof intelGpu>[]) => judge(factsOf({ pci: { displays }, drm: drmOf() }));

describe('choosing a GPU', () => {
  test('the only one that qualifies needs no name', () => {
    expect(selectGpu(verdictOf(igpu, card('e20b')), { mode: 'sriov' })).toMatchObject({ ok: true, value: { bdf: IGPU } });
  });

  test('several: lists them and asks', () => {
    const pro = { ...card('e211'), ...sriov(12) };
    const chosen = selectGpu(verdictOf(igpu, pro), { mode: 'sriov' });
    expect(chosen).toMatchObject({ ok: false, problem: { code: 'gpu.several', hint: 'Choose one with --gpu BDF.' } });
    expect(!chosen.ok && chosen.problem.message).toMatch(/0000:00:02\.0 .*0000:03:00\.0/);
    expect(selectGpu(verdictOf(igpu, pro), { mode: 'sriov', gpu: CARD })).toMatchObject({ ok: true, value: { bdf: CARD } });
  });

  test('none at all', () => {
    expect(selectGpu(judge(emptyFacts()), { mode: 'sriov' })).toMatchObject({ ok: false, problem: { code: 'gpu.none' } });
    const blind = judge(without(emptyFacts(), 'EACCES', 'pci'));
    expect(selectGpu(blind, { mode: 'sriov' })).toMatchObject({ ok: false, problem: { code: 'facts.unknown' } });
  });

  test('one that cannot: the first reason and what works instead', () => {
    const chosen = selectGpu(verdictOf(intelGpu('4e61')), { mode: 'sriov' });
    expect(chosen).toMatchObject({
      ok: false,
      problem: {
        code: 'gpu.cannot',
        message:
          '0000:00:02.0 (JasperLake [UHD Graphics]) cannot do sriov: Jasper Lake has no SR-IOV in any driver, whatever is installed.',
        hint: 'What can work instead: host, gvt-d.',
      },
    });
    expect(selectGpu(verdictOf(igpu, card('e20b')), { mode: 'sriov', gpu: CARD })).toMatchObject({
      problem: { code: 'gpu.cannot', where: CARD },
    });
  });

  test('one of which too little is known', () => {
    expect(selectGpu(verdictOf(intelGpu('fffe')), { mode: 'sriov' })).toMatchObject({ problem: { code: 'facts.unknown' } });
  });

  test('an address where no GPU is, or a VF', () => {
    const verdict = verdictOf(intelGpu('a780', sriov(7, 1)), ...vfDevices('a780', 1, 'vfio-pci'));
    expect(selectGpu(verdict, { mode: 'sriov', gpu: CARD })).toMatchObject({ problem: { code: 'gpu.unknown' } });
    expect(selectGpu(verdict, { mode: 'sriov', gpu: bdf('00:02.1') })).toMatchObject({
      problem: { code: 'gpu.unknown', hint: expect.stringContaining('name its PF') },
    });
  });
});
