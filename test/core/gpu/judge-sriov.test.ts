// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { HostFacts } from '../../../src/core/facts/host-facts.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import type { GpuVerdict, ModeVerdict } from '../../../src/core/gpu/verdict.ts';
import { bdf, drmOf, factsOf, intelGpu, moduleOf, sriov, vfDevices, without } from '../../support/facts.ts';

type Device = ReturnType<typeof intelGpu>;

function machine(device: Device, more: Parameters<typeof factsOf>[0] = {}): HostFacts {
  return factsOf({ pci: { displays: [device] }, drm: drmOf(), ...more });
}

function first(facts: HostFacts): GpuVerdict {
  const [gpu] = judge(facts).gpus;
  if (gpu === undefined) throw new Error('no GPU');
  return gpu;
}

function sriovOf(facts: HostFacts): ModeVerdict {
  const mode = first(facts).modes.find((verdict) => verdict.mode === 'sriov');
  if (mode === undefined) throw new Error('no sriov');
  return mode;
}

const ids = (verdict: ModeVerdict) => verdict.reasons.map((reason) => reason.id);
const kernel = (release: string, cmdline = '') => ({ kernel: { release, cmdline } });
const stockI915 = { modules: { modules: [moduleOf('i915', { parameters: { enable_guc: '-1', enable_gvt: 'N' } })] } };
const dkmsI915 = (maxVfs: string, guc = '3') => ({
  modules: {
    modules: [moduleOf('i915', { origin: 'dkms' as const, taint: 'OE', parameters: { enable_guc: guc, max_vfs: maxVfs } })],
    dkms: [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels: ['6.17.2-1-pve'] }],
  },
});
const RPL_S = 'a780';
const PTL = 'b080';

describe('refused early, by id', () => {
  test.each([
    ['Jasper Lake', '4e61'],
    ['Gemini Lake', '3185'],
    ['Rocket Lake', '4c8a'],
    ['Coffee Lake', '3e92'],
    ['Apollo Lake', '5a85'],
    ['Alchemist', '5690'],
  ])('%s', (name, id) => {
    const facts = machine(intelGpu(id, sriov(7)), dkmsI915('7'));
    const verdict = sriovOf(facts);
    expect(verdict.answer).toBe('no');
    expect(ids(verdict)[0]).toBe('sriov.no-flag-for-id');
    expect(verdict.reasons[0]?.text).toContain(name);
    expect(verdict.reasons[0]?.evidence[0]?.value).toMatch(/pciids\.h:\d+/);
    expect(ids(verdict)).toContain('sriov.dkms-in-vain');
    expect(verdict.reasons.find((reason) => reason.id === 'sriov.instead')?.text).toMatch(/host.*gvt-d/);
    expect(first(facts).recommended).not.toBe('sriov');
  });

  test('Lunar Lake, although the README of the DKMS driver says otherwise', () => {
    const verdict = sriovOf(machine(intelGpu('64a0', { driver: 'xe', ...sriov(7) }), kernel('7.0.0-3-pve')));
    expect(verdict.answer).toBe('no');
    expect(ids(verdict)).toEqual(['sriov.no-flag-for-id', 'sriov.readme-wrong', 'sriov.instead']);
  });

  test('VFs that a patched driver made all the same are not denied', () => {
    const facts = factsOf({ pci: { displays: [intelGpu('4c8a', sriov(7, 2)), ...vfDevices('4c8a', 2, 'vfio-pci')] } });
    expect(sriovOf(facts)).toMatchObject({ answer: 'unknown', reasons: [{ id: 'sriov.forced' }] });
  });
});

describe('i915', () => {
  test('sriov_totalvfs=7 under the stock driver is not a yes now', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), stockI915));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', backend: 'i915-dkms', young: false, maxVfs: 7 });
    expect(ids(verdict)[0]).toBe('sriov.stock-i915');
    expect(verdict.needs[0]).toContain('i915-sriov-dkms 2026.05.06');
    expect(verdict.needs.at(-1)).toContain('reboot');
  });

  test('on a kernel whose own xe can do it, no DKMS is asked for', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), { ...stockI915, ...kernel('7.0.0-3-pve') }));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', backend: 'xe', young: true });
    expect(verdict.needs[0]).toBe('Give xe the option force_probe=a780 and i915 the option force_probe=!a780.');
  });

  test('DKMS that the person installed is kept', () => {
    const modules = {
      modules: stockI915.modules.modules,
      dkms: [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels: [] }],
    };
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), { modules, ...kernel('7.0.0-3-pve') }));
    expect(verdict.backend).toBe('i915-dkms');
    expect(ids(verdict)).toEqual(['sriov.stock-i915', 'dkms.not-built']);
    expect(verdict.needs[0]).toContain('headers of kernel 7.0.0-3-pve');
  });

  test('xe of DKMS where xe is told to take the GPU', () => {
    const dkms = [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels: ['6.17.2-1-pve'] }];
    const configLines = [{ path: '/etc/modprobe.d/xe.conf', line: 1, text: 'options xe max_vfs=7 force_probe=0xA780' }];
    expect(sriovOf(machine(intelGpu(RPL_S, sriov(7)), { modules: { dkms, configLines } })).backend).toBe('xe-dkms');
    expect(sriovOf(machine(intelGpu(RPL_S, sriov(7)), { modules: { dkms } })).backend).toBe('i915-dkms');
  });

  test('an installed DKMS driver does not keep Panther Lake from the xe of its kernel', () => {
    const dkms = [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels: ['6.17.2-1-pve'] }];
    expect(sriovOf(machine(intelGpu(PTL, { driver: null, ...sriov(4) }), { modules: { dkms } }))).toMatchObject({
      backend: 'xe',
      needs: ['Load xe.'],
    });
  });

  test('a module from a newer kernel that is not loaded', () => {
    const dkms = [{ name: 'i915-sriov-dkms', version: '2025.10.09', kernels: ['6.14.11-3-pve'] }];
    const i915 = (loaded: boolean, originKernel: string) => {
      const modules = { modules: [moduleOf('i915', { loaded, origin: 'dkms', originKernel })], dkms };
      return sriovOf(machine(intelGpu(RPL_S, { driver: null, ...sriov(7) }), { modules, ...kernel('6.14.11-3-pve') }));
    };
    expect(ids(i915(false, '6.17'))).toContain('dkms.other-base');
    expect(i915(false, '6.17').needs[0]).toBe('Replace it by i915-sriov-dkms 2026.03.05.2.');
    expect(ids(i915(true, '6.17'))).not.toContain('dkms.other-base');
    expect(ids(i915(false, '6.1'))).not.toContain('dkms.other-base');
  });

  test('a DKMS release that is not for this kernel is replaced', () => {
    const modules = {
      modules: stockI915.modules.modules,
      dkms: [{ name: 'i915-sriov-dkms', version: '2025.07.22', kernels: ['6.14.8-2-pve'] }],
    };
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), { modules }));
    expect(verdict.needs[0]).toBe(
      'Replace i915-sriov-dkms 2025.07.22, which is not for kernel 6.17.2-1-pve, by i915-sriov-dkms 2026.05.06.',
    );
  });

  test('built, but the initramfs loaded the stock one', () => {
    const lines = ["[   11.147570] i915: unknown parameter 'max_vfs' ignored"];
    const modules = { modules: [moduleOf('i915', { origin: 'dkms' })], dkms: dkmsI915('7').modules.dkms };
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), { modules, logs: { lines } }));
    expect(ids(verdict)).toEqual(['sriov.stock-i915', 'sriov.max-vfs-ignored', 'dkms.not-used']);
    expect(verdict.reasons[0]?.evidence).toContainEqual({ source: 'kernel log', value: lines[0] });
  });

  test('DKMS as a PF is a yes now', () => {
    const lines = ['[   14.248862] i915 0000:00:02.0: Running in SR-IOV PF mode'];
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), { ...dkmsI915('7'), logs: { lines } }));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'now', backend: 'i915-dkms', needs: [], vfioDriver: 'vfio-pci' });
    expect(verdict.reasons[0]?.evidence.map((item) => item.value)).toEqual(['7', lines[0], '7']);
  });

  test('PF mode proves a DKMS build where neither kernel nor modules are known', () => {
    const logs = { lines: ['i915 0000:00:02.0: Running in SR-IOV PF mode'] };
    const facts = without(machine(intelGpu(RPL_S, sriov(7)), { logs }), 'not shown', 'kernel', 'modules');
    expect(sriovOf(facts)).toMatchObject({ answer: 'yes', readiness: 'now', backend: 'i915-dkms' });
    const other = { lines: ['i915 0000:03:00.0: Running in SR-IOV PF mode'] };
    const elsewhere = without(machine(intelGpu(RPL_S, sriov(7)), { logs: other }), 'not shown', 'kernel', 'modules');
    expect(sriovOf(elsewhere).answer).toBe('unknown');
  });

  test('options that are given already are not asked for again', () => {
    const asked = (cmdline: string, ...texts: readonly string[]) => {
      const configLines = texts.map((text, index) => ({ path: '/etc/modprobe.d/gpu.conf', line: index + 1, text }));
      const modules = { ...stockI915.modules, configLines };
      return sriovOf(machine(intelGpu(RPL_S, sriov(7)), { modules, ...kernel('6.17.2-1-pve', cmdline) })).needs.slice(1);
    };
    const rebuild = 'Rebuild the initramfs (update-initramfs -u) and reboot.';
    expect(asked('i915.enable_guc=3 i915.max_vfs=3 module_blacklist=xe')).toEqual([rebuild]);
    expect(asked('', 'options i915 enable_guc=3 max_vfs=7', 'blacklist xe')).toEqual([rebuild]);
    expect(asked('i915.max_vfs=0 module_blacklist=xe', 'options i915 enable_guc=3 max_vfs=7')).toEqual([
      'Give i915 the option max_vfs=7.',
      rebuild,
    ]);
    expect(asked('i915.enable_guc=3 i915.max_vfs=7')).toEqual(['Keep xe from loading.', rebuild]);
    expect(asked('xe.force_probe=!0xA780')).toEqual(['Give i915 the options enable_guc=3 and max_vfs=7.', rebuild]);
  });

  test('a force_probe that is given already is not asked for again', () => {
    const needs = (cmdline: string) =>
      sriovOf(machine(intelGpu(RPL_S, sriov(7)), { ...stockI915, ...kernel('7.0.0-3-pve', cmdline) })).needs[0];
    expect(needs('xe.force_probe=a780')).toBe('Give i915 the option force_probe=!a780.');
    expect(needs('xe.force_probe=0xa780 module_blacklist=i915')).toMatch(/^Rebuild/);
    expect(needs('xe.force_probe=!a780')).toMatch(/^Give xe the option force_probe=a780 and i915/);
  });

  test('0 VFs under DKMS: max_vfs is missing', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(0)), dkmsI915('0')));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', backend: 'i915-dkms', maxVfs: 7 });
    expect(ids(verdict)).toEqual(['sriov.max-vfs-missing']);
  });

  test('0 VFs under DKMS although asked for: the firmware gave no space', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(0)), dkmsI915('7')));
    expect(verdict.answer).toBe('no');
    expect(ids(verdict)[0]).toBe('sriov.no-vf-bar-space');
    expect(verdict.needs[0]).toContain('Above 4G');
  });

  test.each(['0', '2'])('0 VFs under DKMS with enable_guc=%s: GuC submission is off, the firmware has no part in it', (guc) => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(0)), dkmsI915('7', guc)));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', backend: 'i915-dkms' });
    expect(ids(verdict)).toEqual(['sriov.guc-off']);
  });

  test('enable_guc=-1 leaves GuC submission on', () => {
    expect(ids(sriovOf(machine(intelGpu(RPL_S, sriov(0)), dkmsI915('7', '-1'))))[0]).toBe('sriov.no-vf-bar-space');
  });

  test('Secure Boot wants the key first', () => {
    const { platform } = factsOf({});
    if (platform.state !== 'known') throw new Error();
    const verdict = sriovOf(
      machine(intelGpu(RPL_S, sriov(7)), {
        ...stockI915,
        platform: { ...platform.value, secureBoot: { state: 'known', value: true } },
      }),
    );
    expect(verdict.needs.join(' ')).toContain('mokutil --import');
  });

  test('a kernel for which nothing is known to work', () => {
    const verdict = sriovOf(machine(intelGpu('7d55', sriov(7)), { ...stockI915, ...kernel('7.2.1-1-pve') }));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup' });
    expect(ids(verdict)[0]).toBe('sriov.other-kernel');
    expect(verdict.needs).toEqual(['Boot kernel 6.8 to 7.0 with i915-sriov-dkms (i915).']);
    expect(verdict.backend).toBeUndefined();
  });
});

describe('xe', () => {
  const xe = (taint?: string, parameters = {}) => ({
    modules: { modules: [moduleOf('xe', { parameters, ...(taint === undefined ? {} : { taint }) })] },
  });

  test('Panther Lake needs neither DKMS nor a reboot', () => {
    const verdict = sriovOf(machine(intelGpu(PTL, { driver: 'xe', ...sriov(4) }), xe('')));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'now', backend: 'xe', young: false, needs: [], maxVfs: 4 });
    expect(verdict.vfioDriver).toBe('vfio-pci');
    expect(
      sriovOf(machine(intelGpu(PTL, { driver: 'xe', ...sriov(4) }), { ...xe(''), ...kernel('7.0.0-3-pve') })).vfioDriver,
    ).toBe('xe-vfio-pci');
  });

  test('Panther Lake without a driver only wants xe loaded', () => {
    const verdict = sriovOf(machine(intelGpu(PTL, { driver: null, ...sriov(4) })));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', needs: ['Load xe.'] });
  });

  test('Panther Lake on an old kernel wants a newer one', () => {
    const verdict = sriovOf(machine(intelGpu(PTL, { driver: null, ...sriov(4) }), kernel('6.8.12-10-pve')));
    expect(verdict.needs[0]).toContain('kernel 6.17 or later');
  });

  test('0 VFs under xe: the driver says no', () => {
    const lines = ['[    5.1] xe 0000:00:02.0: [drm] Support for SR-IOV is not available'];
    const verdict = sriovOf(machine(intelGpu(PTL, { driver: 'xe', ...sriov(0) }), { ...xe(''), logs: { lines } }));
    expect(verdict.answer).toBe('no');
    expect(verdict.reasons[0]).toMatchObject({ id: 'sriov.xe-says-no', evidence: [{ value: '0' }, { value: lines[0] }] });
  });

  test('0 VFs under xe because max_vfs is 0', () => {
    const verdict = sriovOf(machine(intelGpu(PTL, { driver: 'xe', ...sriov(0) }), xe('', { max_vfs: '0' })));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', reasons: [{ id: 'sriov.max-vfs-zero' }] });
  });

  test('0 VFs under an xe that has no flag here: another driver can', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, { driver: 'xe', ...sriov(0) }), xe('')));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', backend: 'i915-dkms' });
  });

  test('the kernel of its own and DKMS are told apart by the taint', () => {
    const device = intelGpu(RPL_S, { driver: 'xe', ...sriov(7) });
    expect(sriovOf(machine(device, { ...xe('OE'), ...kernel('7.0.0-3-pve') })).backend).toBe('xe-dkms');
    expect(sriovOf(machine(device, { ...xe(''), ...kernel('7.0.0-3-pve') }))).toMatchObject({ backend: 'xe', young: true });
  });

  test('an Arc B580 carries the flag and shows no capability', () => {
    const card = intelGpu('e20b', { bdf: bdf('03:00.0'), driver: 'xe', iommuGroup: 14 });
    const verdict = sriovOf(machine(card, xe('')));
    expect(verdict.answer).toBe('no');
    expect(verdict.reasons[0]).toMatchObject({ id: 'sriov.no-capability', text: expect.stringContaining('Arc Pro') });
    const pro = sriovOf(machine(intelGpu('e211', { bdf: bdf('03:00.0'), driver: 'xe', iommuGroup: 14, ...sriov(12) }), xe('')));
    expect(pro).toMatchObject({ answer: 'yes', readiness: 'now', maxVfs: 12 });
  });
});

describe('what the firmware or a guest withholds', () => {
  test('no capability on a listed id', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S), stockI915));
    expect(verdict).toMatchObject({ answer: 'no', reasons: [{ id: 'sriov.no-capability' }, { id: 'sriov.instead' }] });
    expect(verdict.needs[0]).toContain('SR-IOV');
  });

  test.each([
    '[ 4593.404028] i915 0000:00:02.0: not enough MMIO resources for SR-IOV',
    '[ 4593.500174] i915 0000:00:02.0: [drm] *ERROR* Failed to enable 2 VFs (-ENOMEM)',
  ])('%s', (line) => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, sriov(7)), { ...dkmsI915('7'), logs: { lines: [line] } }));
    expect(verdict).toMatchObject({ answer: 'no', reasons: [{ id: 'sriov.no-mmio', evidence: [{ value: line }] }, {}] });
  });

  test.each([
    ['i915', '[ 4600.1] i915 0000:00:02.0: Enabled 2 VFs'],
    ['xe', '[ 4600.1] xe 0000:00:02.0: [drm] PF: Enabled 2 of 7 VFs'],
  ])('no address space once, but VFs since by %s', (_, enabled) => {
    const failed = '[ 4593.500174] i915 0000:00:02.0: [drm] *ERROR* Failed to enable 2 VFs (-ENOMEM)';
    const answer = (...lines: readonly string[]) =>
      sriovOf(machine(intelGpu(RPL_S, sriov(7)), { ...dkmsI915('7'), logs: { lines } })).answer;
    expect(answer(failed, enabled)).toBe('yes');
    expect(answer(enabled, failed)).toBe('no');
    expect(answer(failed, enabled.replaceAll('0000:00:02.0', '0000:03:00.0'))).toBe('no');
    expect(answer(failed, enabled.replace('Enabled 2', 'Enabled 0'))).toBe('no');
  });

  test('no address space once, but all windows of the VFs have an address now', () => {
    const lines = ['[ 4593.5] i915 0000:00:02.0: not enough MMIO resources for SR-IOV'];
    const answer = (...starts: readonly string[]) => {
      const bars = starts.map((start, index) => ({ index: 7 + 2 * index, start, sizeBytes: 2 ** 29 }));
      return sriovOf(machine(intelGpu(RPL_S, { bars, ...sriov(7) }), { ...dkmsI915('7'), logs: { lines } }));
    };
    expect(answer('0x4010000000', '0x4020000000').answer).toBe('yes');
    expect(answer('0x4010000000', '0x0')).toMatchObject({ answer: 'no', reasons: [{ id: 'sriov.no-mmio' }, {}] });
    // The GPU's own windows say nothing of the VFs.
    const bars = [{ index: 0, start: '0x6000000000', sizeBytes: 2 ** 24 }];
    expect(sriovOf(machine(intelGpu(RPL_S, { bars, ...sriov(7) }), { ...dkmsI915('7'), logs: { lines } })).answer).toBe('no');
  });

  test('the message of another card is no evidence', () => {
    const lines = ['[ 1.0] xe 0000:03:00.0: not enough MMIO resources for SR-IOV'];
    expect(sriovOf(machine(intelGpu(RPL_S, sriov(7)), { ...dkmsI915('7'), logs: { lines } })).answer).toBe('yes');
  });

  test('VF windows without an address', () => {
    const bars = [{ index: 9, start: '0x0000000000000000', sizeBytes: 7 * 2 ** 29 }];
    expect(ids(sriovOf(machine(intelGpu(RPL_S, { bars, ...sriov(7) }), dkmsI915('7'))))[0]).toBe('sriov.vf-bars-unplaced');
    const placed = [{ index: 9, start: '0x0000006000000000', sizeBytes: 7 * 2 ** 29 }];
    expect(sriovOf(machine(intelGpu(RPL_S, { bars: placed, ...sriov(7) }), dkmsI915('7'))).answer).toBe('yes');
  });

  test('the whole GPU is given to a guest', () => {
    const verdict = sriovOf(machine(intelGpu(RPL_S, { driver: 'vfio-pci', ...sriov(7) })));
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', reasons: [{ id: 'sriov.pf-on-vfio' }] });
    expect(verdict.needs[0]).toContain('Stop the guest');
  });

  test('VFs exist and the host holds one', () => {
    const vfs = [...vfDevices(RPL_S, 2, 'vfio-pci'), ...vfDevices(RPL_S, 3, 'i915').slice(2)];
    const facts = factsOf({ pci: { displays: [intelGpu(RPL_S, sriov(7, 3)), ...vfs] }, ...dkmsI915('7') });
    const verdict = sriovOf(facts);
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'now', backend: 'i915-dkms', maxVfs: 7 });
    expect(ids(verdict)).toEqual(['sriov.vfs-exist', 'sriov.host-driver-on-vfs']);
    expect(judge(facts).gpus).toHaveLength(1);
  });

  test('without the kernel section a driver that is not ready gives no answer', () => {
    const facts = without(machine(intelGpu(RPL_S, sriov(7)), stockI915), 'EACCES', 'kernel');
    expect(sriovOf(facts)).toMatchObject({ answer: 'unknown', reasons: [{ id: 'sriov.stock-i915' }, { id: 'kernel.unknown' }] });
  });
});

describe('the IOMMU', () => {
  const { platform } = factsOf({});
  const facts = (iommus: readonly string[], dmarTable: boolean, cmdline = '') => {
    if (platform.state !== 'known') throw new Error();
    const device = intelGpu(RPL_S, { iommuGroup: null, ...sriov(7) });
    return machine(device, {
      ...dkmsI915('7'),
      platform: { ...platform.value, iommus, dmarTable },
      ...kernel('6.17.2-1-pve', cmdline),
    });
  };

  test('switched off in the firmware: every way into a VM needs it', () => {
    const verdict = judge(facts([], false));
    for (const mode of ['sriov', 'gvt-d']) {
      const found = verdict.gpus[0]?.modes.find((item) => item.mode === mode);
      expect(found).toMatchObject({
        answer: 'no',
        reasons: expect.arrayContaining([expect.objectContaining({ id: 'iommu.off-in-firmware' })]),
      });
      expect(found?.needs[0]).toContain('VT-d');
    }
    expect(verdict.remarks.map((remark) => remark.id)).toContain('iommu.off');
    expect(verdict.gpus[0]?.recommended).toBe('host');
  });

  test('offered by the firmware and not used, or switched off by a parameter', () => {
    expect(sriovOf(facts([], true))).toMatchObject({
      answer: 'yes',
      readiness: 'setup',
      reasons: [{ id: 'iommu.not-used' }, {}],
    });
    expect(sriovOf(facts([], true, 'quiet intel_iommu=off')).needs[0]).toBe(
      'Remove intel_iommu=off from the kernel command line and reboot.',
    );
    expect(sriovOf(facts(['dmar0'], true, 'intel_iommu=on,igfx_off')).reasons[0]?.id).toBe('iommu.graphics-off');
  });

  test('not known: unknown, except where the log or the group shows it', () => {
    const blind = without(facts(['dmar0'], true), 'EACCES', 'platform');
    expect(sriovOf(blind).answer).toBe('unknown');
    const log = {
      state: 'known' as const,
      value: { lines: ['i915 0000:00:02.0: [drm] VT-d active for gfx access'], truncated: false },
    };
    expect(sriovOf({ ...blind, logs: log }).answer).toBe('yes');
  });
});
