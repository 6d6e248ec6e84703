// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostFacts, SectionName } from '../../../src/core/facts/host-facts.ts';
import { known } from '../../../src/core/facts/section.ts';
import { allGpus } from '../../../src/core/gpu/catalogue.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import { VERDICT_SECTIONS } from '../../../src/core/gpu/machine-remarks.ts';
import { MODES } from '../../../src/core/gpu/verdict.ts';
import { verdictLines } from '../../../src/core/gpu/verdict-text.ts';
import { bdf, drmOf, emptyFacts, factsOf, intelGpu, sriov, vm, without } from '../../support/facts.ts';

function withCpu(model: string, displays: readonly ReturnType<typeof intelGpu>[] = []): HostFacts {
  const { platform } = emptyFacts();
  if (platform.state !== 'known') throw new Error('platform');
  return factsOf({ pci: { displays }, platform: { ...platform.value, cpuModel: known(model) } });
}

const CARD = { bdf: bdf('03:00.0'), driver: 'xe', iommuGroup: 14 };

describe('a processor without a GPU', () => {
  test.each([
    '12th Gen Intel(R) Core(TM) i5-12400F',
    'Intel(R) Core(TM) i9-14900KF',
    'Intel(R) Core(TM) i5-9400F CPU @ 2.90GHz',
    'Intel(R) Core(TM) i9-7900X CPU @ 3.30GHz',
    'Intel(R) Core(TM) i9-10980XE CPU @ 3.00GHz',
    'Intel(R) Core(TM) i7-6850K CPU @ 3.60GHz',
    'Intel(R) Core(TM) Ultra 7 265KF',
    'Intel(R) Core(TM) Ultra 5 225F',
    'Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz',
    'Intel(R) Xeon(R) CPU E3-1230 v5 @ 3.40GHz',
    'Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz',
    'Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz',
  ])('%s', (model) => {
    const { gpus, noGpu } = judge(withCpu(model));
    expect(gpus).toEqual([]);
    expect(noGpu).toMatchObject({ id: 'cpu.no-gpu', text: `The processor has no GPU (${model}).` });
    expect(noGpu?.evidence).toContainEqual({ source: '/proc/cpuinfo model name', value: model });
  });

  test.each([
    'Intel(R) Core(TM) i9-13980HX',
    '13th Gen Intel(R) Core(TM) i9-13900KS',
    'Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz',
    'Intel(R) Core(TM) i7-5950HQ CPU @ 2.90GHz',
    'Intel(R) Core(TM) Ultra 9 285HX',
    'Intel(R) Core(TM) Ultra 7 265K',
    'Intel(R) Xeon(R) CPU E3-1245 v5 @ 3.50GHz',
    'Intel(R) Xeon(R) E-2176G CPU @ 3.70GHz',
    'Intel(R) Xeon(R) W-1290 CPU @ 3.20GHz',
    'Intel(R) N100',
  ])('%s normally has one: switched off in the firmware', (model) => {
    expect(judge(withCpu(model)).noGpu?.id).toBe('gpu.off-in-firmware');
  });

  test('another maker, a guest, or not known', () => {
    expect(judge(withCpu('AMD Ryzen 5 5600G with Radeon Graphics')).noGpu).toMatchObject({
      id: 'gpu.none',
      text: expect.stringContaining("not Intel's"),
    });
    expect(judge(withCpu('QEMU Virtual CPU version 2.5+')).noGpu?.id).toBe('gpu.none');
    expect(judge(without(emptyFacts(), 'EACCES', 'platform')).noGpu?.id).toBe('gpu.none');
  });

  test('an Arc card beside it is judged, and the missing iGPU is remarked', () => {
    const verdict = judge(withCpu('12th Gen Intel(R) Core(TM) i5-12400F', [intelGpu('e20b', CARD)]));
    expect(verdict.noGpu).toBeUndefined();
    expect(verdict.gpus).toHaveLength(1);
    expect(verdict.remarks.map((remark) => remark.id)).toContain('cpu.no-gpu');
  });
});

describe('several and foreign display devices', () => {
  test('each PF is a GPU; other makers are listed and not served', () => {
    const nvidia = { ...intelGpu('2204', { ...CARD, driver: 'nouveau' }), vendor: '10de' };
    const { gpus, noGpu } = judge(factsOf({ pci: { displays: [intelGpu('a780', sriov(7)), nvidia] }, drm: drmOf() }));
    expect(noGpu).toBeUndefined();
    expect(gpus.map((gpu) => gpu.vendor)).toEqual(['8086', '10de']);
    expect(gpus[1]?.modes.map((mode) => mode.answer)).toEqual(['unknown', 'no', 'no', 'unknown']);
    expect(gpus[1]?.modes[3]?.reasons[0]).toMatchObject({ id: 'gpu.not-intel', text: 'pveigpu serves Intel GPUs.' });
  });

  test('only a foreign card: there is no Intel GPU', () => {
    const aspeed = { ...intelGpu('2000', { ...CARD, driver: 'ast' }), vendor: '1a03' };
    expect(judge(withCpu('Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz', [aspeed])).noGpu?.id).toBe('cpu.no-gpu');
  });

  test('a card that the host does not need for its own picture may be given away', () => {
    const displays = [intelGpu('3e92', { bootVga: true }), intelGpu('5690', { ...CARD, driver: 'i915', bootVga: false })];
    const { gpus } = judge(factsOf({ pci: { displays } }));
    expect(gpus.map((gpu) => gpu.recommended)).toEqual(['gvt-g', 'gvt-d']);
  });

  test('an id that is not in the catalogue is never guessed', () => {
    const { gpus } = judge(factsOf({ pci: { displays: [intelGpu('fffe', sriov(7))] } }));
    expect(gpus[0]?.modes.map((mode) => mode.answer)).toEqual(MODES.map(() => 'unknown'));
    expect(gpus[0]?.modes[0]?.reasons[0]?.id).toBe('gpu.not-in-catalogue');
  });
});

describe('VirGL gives no VA-API', () => {
  test('is said of the guests that use it', () => {
    const guests = {
      guests: [vm(100, { vga: 'std' }), vm(101, { vga: 'virtio-gl,memory=256' }), vm(102, { vga: 'type=virtio-gl' })],
    };
    const remark = judge(factsOf({ pci: { displays: [intelGpu('a780', sriov(7))] }, guests })).remarks.find(
      (item) => item.id === 'virgl.no-va-api',
    );
    expect(remark?.text).toContain('VM 101, VM 102 use VirGL');
    expect(remark?.evidence[0]).toEqual({
      source: '/etc/pve/nodes/pve/qemu-server/101.conf',
      value: 'vga: virtio-gl,memory=256',
    });
  });

  test('and where the host is to keep the GPU', () => {
    const remarks = judge(factsOf({ pci: { displays: [intelGpu('4e61')] }, drm: drmOf() })).remarks;
    expect(remarks.map((remark) => remark.id)).toEqual(['virgl.no-va-api']);
    expect(judge(factsOf({ pci: { displays: [intelGpu('3e92')] }, drm: drmOf() })).remarks).toEqual([]);
  });
});

describe('host', () => {
  const host = (device: ReturnType<typeof intelGpu>, more: Parameters<typeof factsOf>[0] = {}) =>
    judge(factsOf({ pci: { displays: [device] }, ...more })).gpus[0]?.modes.find((mode) => mode.mode === 'host');

  test('names the render node that containers can share', () => {
    expect(host(intelGpu('a780'), { drm: drmOf() })?.reasons[0]?.text).toContain('/dev/dri/renderD128');
    expect(host(intelGpu('a780'), { drm: drmOf('0000:03:00.0') })).toMatchObject({
      answer: 'unknown',
      reasons: [{ id: 'host.no-render-node' }],
    });
  });

  test('without a driver, with a guest on it, or without any driver that knows it', () => {
    expect(host(intelGpu('b080', { driver: null }))).toMatchObject({ answer: 'yes', needs: ['Load xe.'] });
    expect(host(intelGpu('a780', { driver: 'vfio-pci' }))).toMatchObject({ answer: 'yes', readiness: 'setup' });
    const old = { kernel: { release: '6.8.12-1-pve', cmdline: '' } };
    expect(host(intelGpu('b080', { driver: null }), old)?.needs[0]).toBe('Boot kernel 6.17 or later, whose xe knows this GPU.');
    expect(host(intelGpu('7121', { driver: null }))).toMatchObject({ answer: 'no', reasons: [{ id: 'host.no-driver-knows' }] });
  });
});

test('a processor without VT-x is remarked', () => {
  const { platform } = emptyFacts();
  if (platform.state !== 'known') throw new Error('platform');
  const facts = factsOf({ pci: { displays: [intelGpu('3e92')] }, platform: { ...platform.value, hasVmx: false } });
  expect(judge(facts).remarks.map((remark) => remark.id)).toContain('cpu.no-vmx');
});

describe('a blacklisted driver', () => {
  test.each([
    [
      { kernel: { release: '6.17.2-1-pve', cmdline: 'quiet module_blacklist=xe,i915' } },
      '/proc/cmdline',
      'Take i915 out of module_blacklist=xe,i915 on the kernel command line, and reboot.',
    ],
    [
      { modules: { configLines: [{ path: '/etc/modprobe.d/gpu.conf', line: 3, text: 'blacklist i915' }] } },
      '/etc/modprobe.d/gpu.conf:3',
      'Take i915 off the blacklist in /etc/modprobe.d/gpu.conf:3.',
    ],
  ])('is named with its place', (more, source, need) => {
    const [gpu] = judge(factsOf({ pci: { displays: [intelGpu('a780', { driver: null, ...sriov(7) })] }, ...more })).gpus;
    expect(gpu?.modes[0]?.needs).toEqual([need, 'Load i915.']);
    expect(gpu?.modes[1]?.reasons[0]?.evidence.map((item) => item.source)).toContain(source);
  });

  test('a longer name is another module', () => {
    const kernel = { release: '6.17.2-1-pve', cmdline: 'module_blacklist=i915x,xi915' };
    const [gpu] = judge(factsOf({ pci: { displays: [intelGpu('a780', { driver: null })] }, kernel })).gpus;
    expect(gpu?.modes[0]?.needs).toEqual(['Load i915.']);
  });
});

describe('is total', () => {
  test('with nothing known it says so', () => {
    const blind = without(
      emptyFacts(),
      'permission denied',
      ...(Object.keys(emptyFacts()).filter((key) => key !== 'format') as SectionName[]),
    );
    const verdict = judge(blind);
    expect(verdict).toMatchObject({ gpus: [], noGpu: { id: 'pci.unknown' } });
    expect(verdict.remarks.at(-1)?.text).toBe(`Not known: ${VERDICT_SECTIONS.join(', ')} (permission denied).`);
  });

  test('for every GPU, whatever is known: each mode answered with a reason, and texts of plain lines', () => {
    const gpus = allGpus();
    const sections = fc.subarray([...VERDICT_SECTIONS].filter((name) => name !== 'pci'));
    const device = fc.record({
      gpu: fc.constantFrom(...gpus),
      driver: fc.constantFrom(null, 'i915', 'xe', 'vfio-pci', 'nouveau', '\u001b[31mred'),
      total: fc.constantFrom(undefined, 0, 1, 7),
      group: fc.constantFrom(null, 0),
      release: fc.constantFrom('6.8.12-1-pve', '6.17.2-1-pve', '7.0.0-3-pve', '7.3.4-1-pve', 'nonsense\u0007'),
    });
    fc.assert(
      fc.property(device, sections, ({ gpu, driver, total, group, release }, hidden) => {
        const found = intelGpu(gpu.device, { driver, iommuGroup: group, ...(total === undefined ? {} : sriov(total)) });
        const facts = without(factsOf({ pci: { displays: [found] }, kernel: { release, cmdline: '' } }), 'hidden', ...hidden);
        const verdict = judge(facts);
        for (const mode of verdict.gpus[0]?.modes ?? []) {
          expect(mode.reasons.length).toBeGreaterThan(0);
          expect(mode.answer === 'yes').toBe(mode.readiness !== undefined);
          if (mode.readiness === 'setup') expect(mode.needs.length).toBeGreaterThan(0);
          if (mode.readiness === 'now') expect(mode.needs).toEqual([]);
        }
        const recommended = verdict.gpus[0]?.modes.find((mode) => mode.mode === verdict.gpus[0]?.recommended);
        if (recommended?.mode !== 'host') expect(recommended?.answer).toBe('yes');
        for (const line of verdictLines(verdict, { evidence: true })) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        for (const line of verdictLines(verdict)) expect(line.startsWith('0000:') || line.length <= 100, line).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
