// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { HostFacts } from '../../../src/core/facts/host-facts.ts';
import { known } from '../../../src/core/facts/section.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import { verdictLines } from '../../../src/core/gpu/verdict-text.ts';
import { bdf, drmOf, emptyFacts, factsOf, intelGpu, moduleOf, sriov, vm } from '../../support/facts.ts';
import { expectGolden } from '../../support/golden.ts';

const CARD = { bdf: bdf('03:00.0'), driver: 'xe', iommuGroup: 14, bootVga: false };

function platform(changes: object): NonNullable<Parameters<typeof factsOf>[0]['platform']> {
  const section = emptyFacts().platform;
  return section.state === 'known' ? { ...section.value, ...changes } : {};
}

const stock = { modules: [moduleOf('i915', { parameters: { enable_guc: '-1' } })] };
const MACHINES: { readonly [name: string]: HostFacts } = {
  'raptor-lake-s-stock-6.17': factsOf({ pci: { displays: [intelGpu('a780', sriov(7))] }, drm: drmOf(), modules: stock }),
  'raptor-lake-s-stock-7.0': factsOf({
    pci: { displays: [intelGpu('a780', sriov(7))] },
    drm: drmOf(),
    modules: stock,
    kernel: { release: '7.0.0-3-pve', cmdline: '' },
  }),
  'panther-lake': factsOf({
    pci: { displays: [intelGpu('b080', { driver: 'xe', ...sriov(4) })] },
    drm: drmOf(),
    modules: { modules: [moduleOf('xe', { taint: '' })] },
  }),
  'lunar-lake': factsOf({ pci: { displays: [intelGpu('64a0', { driver: 'xe', ...sriov(0) })] }, drm: drmOf() }),
  'meteor-lake-qemu-10.0': factsOf({
    pci: { displays: [intelGpu('7d55', sriov(7))] },
    drm: drmOf(),
    modules: stock,
    pve: { qemuVersion: known('10.0') },
  }),
  broadwell: factsOf({ pci: { displays: [intelGpu('1606', { iommuGroup: null })] }, drm: drmOf() }),
  'gemini-lake': factsOf({
    pci: { displays: [intelGpu('3185')] },
    drm: drmOf(),
    guests: { guests: [vm(101, { vga: 'virtio-gl' })] },
  }),
  'vt-d-off': factsOf({
    pci: { displays: [intelGpu('a780', { iommuGroup: null, ...sriov(7) })] },
    drm: drmOf(),
    modules: stock,
    platform: platform({ iommus: [], dmarTable: false }),
  }),
  'f-processor': factsOf({ platform: platform({ cpuModel: known('12th Gen Intel(R) Core(TM) i5-12400F') }) }),
  'gpu-switched-off': factsOf({ platform: platform({ cpuModel: known('12th Gen Intel(R) Core(TM) i5-12400') }) }),
  'igpu-beside-arc-pro': factsOf({
    pci: { displays: [intelGpu('a780', sriov(7)), intelGpu('e211', { ...CARD, ...sriov(12) })] },
    drm: drmOf(),
    modules: { modules: [...stock.modules, moduleOf('xe', { taint: '' })] },
  }),
};

describe('the verdict for people', () => {
  test.each(Object.keys(MACHINES))('%s', (name) => {
    const facts = MACHINES[name] ?? emptyFacts();
    expectGolden(`verdict/machine-${name}.txt`, `${verdictLines(judge(facts)).join('\n')}\n`);
  });

  test('with what each reason rests on', () => {
    const facts = MACHINES['raptor-lake-s-stock-6.17'] ?? emptyFacts();
    expectGolden('verdict/machine-with-evidence.txt', `${verdictLines(judge(facts), { evidence: true }).join('\n')}\n`);
  });

  test('fits a narrow terminal', () => {
    const lines = verdictLines(judge(MACHINES['vt-d-off'] ?? emptyFacts()), { width: 70 });
    for (const line of lines.slice(1)) expect(line.length, line).toBeLessThanOrEqual(70);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('Switch on VT-d (Intel Virtualization Technology for Directed I/O)');
  });

  test('what a device says of itself cannot move the cursor', () => {
    const facts = factsOf({ pci: { displays: [intelGpu('a780', { driver: '\u001b[2J' })] } });
    const text = verdictLines(judge(facts), { evidence: true }).join('\n');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('\\x1b[2J');
  });
});
