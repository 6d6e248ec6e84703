// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { PciDevice } from '../../../src/core/facts/pci-facts.ts';
import { known } from '../../../src/core/facts/section.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import type { Mode, ModeVerdict } from '../../../src/core/gpu/verdict.ts';
import { bdf, factsOf, intelGpu, moduleOf, sriov, vfDevices } from '../../support/facts.ts';

type Parts = Parameters<typeof factsOf>[0];

function mode(which: Mode, device: PciDevice, more: Parts = {}): ModeVerdict {
  const verdict = judge(factsOf({ pci: { displays: [device] }, ...more })).gpus[0]?.modes.find((item) => item.mode === which);
  if (verdict === undefined) throw new Error(which);
  return verdict;
}

const ids = (verdict: ModeVerdict) => verdict.reasons.map((reason) => reason.id);
const i915 = (parameters: Record<string, string>, ...others: string[]): Parts => ({
  modules: { modules: [moduleOf('i915', { parameters }), ...others.map((name) => moduleOf(name))] },
});
const CFL = '3e92';
const qemu = (version: string): Parts => ({ pve: { qemuVersion: known(version), isProxmox: true } });

describe('GVT-g', () => {
  test('Gemini Lake has none, and the driver says so', () => {
    const lines = ['[    4.855045] [drm] Unsupported device. GVT-g is disabled'];
    const verdict = mode('gvt-g', intelGpu('3185'), { logs: { lines } });
    expect(verdict).toMatchObject({ answer: 'no', reasons: [{ id: 'gvtg.not-supported' }] });
    expect(verdict.reasons[0]?.evidence).toContainEqual({ source: 'kernel log', value: lines[0] });
  });

  test.each(['1606', '1912', '5912', CFL, '9bc8'])('%s is supported and wants options', (id) => {
    const verdict = mode('gvt-g', intelGpu(id), i915({ enable_gvt: 'N', enable_guc: '-1' }));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup' });
    expect(verdict.needs[0]).toBe('Give i915 the option enable_gvt=1.');
  });

  test('GuC submission is in the way', () => {
    const verdict = mode('gvt-g', intelGpu(CFL), i915({ enable_gvt: 'Y', enable_guc: '3' }, 'kvmgt'));
    expect(ids(verdict)).toEqual(['gvtg.supported', 'gvtg.guc-on']);
    expect(verdict.needs[0]).toBe('Give i915 the option enable_guc=0.');
    expect(ids(mode('gvt-g', intelGpu(CFL), i915({ enable_gvt: 'Y', enable_guc: '2' }, 'kvmgt')))).not.toContain('gvtg.guc-on');
  });

  test('only kvmgt is missing', () => {
    expect(mode('gvt-g', intelGpu(CFL), i915({ enable_gvt: 'Y', enable_guc: '0' })).needs).toEqual([
      'Load kvmgt: modprobe kvmgt.',
    ]);
  });

  test('a kernel without kvmgt', () => {
    const modules = { modules: [moduleOf('kvmgt', { loaded: false, origin: 'absent' })] };
    expect(mode('gvt-g', intelGpu(CFL), { modules })).toMatchObject({ answer: 'no', reasons: [{ id: 'gvtg.no-module' }] });
  });

  test('types are offered now', () => {
    const mdevTypes = [{ id: 'i915-GVTg_V5_4', availableInstances: 1, description: '', devices: [] }];
    const verdict = mode('gvt-g', intelGpu(CFL, { mdevTypes }));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'now', reasons: [{ id: 'gvtg.types-offered' }] });
    expect(verdict.reasons[0]?.text).toContain('i915-GVTg_V5_4 (1 free)');
  });

  test('Apollo Lake: for Linux guests, and not recommended', () => {
    const [gpu] = judge(factsOf({ pci: { displays: [intelGpu('5a85')] } })).gpus;
    const verdict = gpu?.modes.find((item) => item.mode === 'gvt-g');
    expect(verdict?.answer).toBe('yes');
    expect(verdict && ids(verdict)).toContain('gvtg.linux-only');
    expect(gpu?.recommended).toBe('host');
  });

  test('a GPU that vfio-pci or xe holds goes back to i915 first', () => {
    expect(ids(mode('gvt-g', intelGpu(CFL, { driver: 'vfio-pci' })))).toContain('gvtg.pf-on-vfio');
    expect(mode('gvt-g', intelGpu(CFL, { driver: null })).needs).toContain('Let i915 drive the GPU.');
  });

  test('is recommended where there is no SR-IOV', () => {
    const [gpu] = judge(factsOf({ pci: { displays: [intelGpu(CFL)] } })).gpus;
    expect(gpu?.recommended).toBe('gvt-g');
  });
});

describe('GVT-d', () => {
  test('Broadwell has none: the kernel takes its graphics out of the IOMMU', () => {
    const verdict = mode('gvt-d', intelGpu('1606', { iommuGroup: null }));
    expect(verdict).toMatchObject({ answer: 'no', reasons: [{ id: 'gvtd.iommu-quirk' }] });
  });

  test('Meteor Lake needs QEMU 10.1', () => {
    expect(mode('gvt-d', intelGpu('7d55'), qemu('10.0'))).toMatchObject({
      answer: 'no',
      reasons: [{ id: 'gvtd.qemu-too-old' }],
      needs: ['Upgrade pve-qemu-kvm to 10.1 or later.'],
    });
    expect(mode('gvt-d', intelGpu('7d55'), qemu('9.2')).answer).toBe('no');
    expect(mode('gvt-d', intelGpu('7d55'), qemu('10.1')).answer).toBe('yes');
    expect(mode('gvt-d', intelGpu('7d55'), qemu('11.0')).answer).toBe('yes');
    expect(mode('gvt-d', intelGpu('7d55'), { pve: { qemuVersion: { state: 'absent' } } }).answer).toBe('unknown');
  });

  test('older ones do not', () => {
    expect(mode('gvt-d', intelGpu('a780'), qemu('8.2')).answer).toBe('yes');
  });

  test.each([
    [CFL, 'gvtd.legacy'],
    ['4e61', 'gvtd.uefi'],
    ['a780', 'gvtd.uefi'],
    ['e20b', 'gvtd.discrete'],
  ])('%s: %s', (id, expected) => {
    expect(ids(mode('gvt-d', intelGpu(id)))[0]).toBe(expected);
  });

  test('is ready where vfio-pci has the GPU, and then recommended for what cannot be split', () => {
    const device = intelGpu('4e61', { driver: 'vfio-pci' });
    expect(mode('gvt-d', device)).toMatchObject({ answer: 'yes', readiness: 'now', needs: [] });
    expect(judge(factsOf({ pci: { displays: [device] } })).gpus[0]?.recommended).toBe('gvt-d');
  });

  test('VFs that exist are in the way', () => {
    const displays = [intelGpu('a780', sriov(7, 2)), ...vfDevices('a780', 2, 'vfio-pci')];
    const verdict = judge(factsOf({ pci: { displays } })).gpus[0]?.modes.find((item) => item.mode === 'gvt-d');
    expect(verdict?.needs[0]).toContain('Remove the VFs');
  });

  test('what shares the IOMMU group goes along, bridges aside', () => {
    const card = intelGpu('e20b', { bdf: bdf('03:00.0'), iommuGroup: 14 });
    const other = (address: string, cls: string) =>
      intelGpu('e2f7', { bdf: bdf(address), class: cls, driver: null, iommuGroup: 14 });
    const pci = {
      displays: [card],
      others: [other('04:00.0', '040300'), other('02:01.0', '060400')],
      iommuGroups: [{ id: 14, members: [bdf('02:01.0'), bdf('03:00.0'), bdf('04:00.0')] }],
    };
    const verdict = judge(factsOf({ pci })).gpus[0]?.modes.find((item) => item.mode === 'gvt-d');
    const shared = verdict?.reasons.find((item) => item.id === 'gvtd.group-shared');
    expect(shared?.text).toContain('0000:04:00.0');
    expect(shared?.text).not.toContain('0000:02:01.0');
  });

  test('no IOMMU group although an IOMMU is in use', () => {
    expect(mode('gvt-d', intelGpu('a780', { iommuGroup: null }))).toMatchObject({
      answer: 'no',
      reasons: [{ id: 'gvtd.no-group' }],
    });
  });

  test('signs of trouble in the log', () => {
    const lines = [
      '[  743.040310] DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0x7c0c0000 [fault reason 0x02]',
      "[  744.459316] vfio-pci 0000:00:02.0: BAR 2: can't reserve [mem 0x4000000000-0x403fffffff 64bit pref]",
    ];
    const verdict = mode('gvt-d', intelGpu('4e61', { driver: 'vfio-pci' }), { logs: { lines } });
    expect(ids(verdict)).toEqual(expect.arrayContaining(['gvtd.framebuffer-holds-bar', 'gvtd.dmar-faults']));
    expect(verdict.readiness).toBe('setup');
    const elsewhere = lines.map((line) => line.replace('00:02.0', '03:00.0'));
    expect(ids(mode('gvt-d', intelGpu('4e61'), { logs: { lines: elsewhere } }))).not.toContain('gvtd.dmar-faults');
  });

  test('unknown stays unknown', () => {
    expect(mode('gvt-d', intelGpu('87c0'))).toMatchObject({ answer: 'unknown', reasons: [{ id: 'gvtd.unknown' }] });
  });
});
