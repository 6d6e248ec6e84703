// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { gucState } from '../../../src/core/inside/guc-state.ts';
import { explainLog } from '../../../src/core/inside/log-explanations.ts';
import { isIntelAdapter, parseWindowsAdapters } from '../../../src/core/inside/windows-adapters.ts';
import { WINDOWS_DRIVERS } from '../../../src/core/inside/windows-drivers.ts';

/** A guest with a VF, Ubuntu 23.10, lines of its log; https://github.com/strongtz/i915-sriov-dkms/issues/147 */
const VF_GUEST = `[    4.129721] i915: loading out-of-tree module taints kernel.
[    4.129783] i915: module verification failed: signature and/or required key missing - tainting kernel
[    4.613353] i915 0000:01:00.0: Running in SR-IOV VF mode
[    4.613742] i915 0000:01:00.0: [drm] GT0: GUC: interface version 0.1.4.1
[    4.615594] i915 0000:01:00.0: GuC firmware PRELOADED version 1.4 submission:SR-IOV VF
[    4.615596] i915 0000:01:00.0: HuC firmware PRELOADED
[    4.619694] i915 0000:01:00.0: [drm] Protected Xe Path (PXP) protected content support initialized`.split('\n');

/** A whole GPU; https://github.com/cyberus-technology/virtualbox-kvm/issues/21 and the texts of i915's intel_uc.c. */
const WHOLE_GPU = `[    3.429744] i915 0000:00:02.0: [drm] GT0: GuC firmware i915/tgl_guc_70.bin version 70.20.0
[    3.429754] i915 0000:00:02.0: [drm] GT0: HuC firmware i915/tgl_huc.bin version 7.9.3
[    3.441021] i915 0000:00:02.0: [drm] GT0: HuC: authenticated for all workloads
[    3.441350] i915 0000:00:02.0: [drm] GT0: GUC: submission enabled`.split('\n');

describe('firmware', () => {
  test('a VF finds it loaded', () => {
    expect(gucState(VF_GUEST)).toEqual({ role: 'vf', guc: '1.4', submission: true, huc: true });
  });

  test('a whole GPU loads it', () => {
    expect(gucState(WHOLE_GPU)).toEqual({ role: 'native', guc: '70.20.0', submission: true, huc: true });
    expect(gucState(WHOLE_GPU.slice(0, 2).concat('[ 3.5] i915 0000:00:02.0: [drm] GT0: GuC submission disabled'))).toMatchObject({
      submission: false,
    });
  });

  test('a log without it tells nothing', () => {
    expect(gucState(['[    1.0] usb 1-1: new device'])).toEqual({});
  });
});

describe('errors', () => {
  test('a healthy guest has none', () => {
    expect(explainLog([...VF_GUEST, ...WHOLE_GPU])).toEqual([]);
  });

  test.each([
    ["i915: unknown parameter 'max_vfs' ignored", /own i915 was loaded/],
    ['i915 0000:00:10.0: [drm] *ERROR* Device initialization failed (-19)', /without GuC/],
    ['i915 0000:01:00.0: [drm] *ERROR* GT0: MMIO access returns 0xFFFFFFFF (-5)', /does not answer/],
    ['i915: Unknown symbol drm_dp_read_lttpr_regs (err -2)', /Modules that the driver needs/],
    ['i915 0000:00:10.0: [drm] *ERROR* GT0: IOV: Unable to confirm version 1.4 (0000000000000000)', /newer than this driver/],
    ['i915 0000:00:02.0: [drm] *ERROR* GT0: GuC firmware i915/dg1_guc_70.25.0.bin: fetch failed -ENOENT', /firmware file/],
    [
      'xe 0000:00:10.0: Your graphics device a720 is not officially supported by xe driver in this kernel version.',
      /until it is told/,
    ],
    ['Loading of module with unavailable key is rejected', /Secure Boot/],
    ['i915 0000:00:10.0: [drm] *ERROR* something else altogether', /No cause/],
  ])('%s', (line, words) => {
    expect(explainLog([`[   12.3] ${line}`])).toEqual([expect.objectContaining({ text: expect.stringMatching(words) })]);
  });

  test('each cause once', () => {
    const line = "[    1.0] i915: unknown parameter 'max_vfs' ignored";
    expect(explainLog([line, line, "[  2.0] i915: unknown parameter 'enable_guc' ignored"])).toHaveLength(1);
  });
});

describe('Windows', () => {
  test('one adapter or several', () => {
    const one =
      '{"Name":"Intel(R) UHD Graphics 770","DriverVersion":"32.0.101.6460","ConfigManagerErrorCode":43,"PNPDeviceID":"PCI\\\\VEN_8086&DEV_A780"}';
    expect(parseWindowsAdapters(`${one}\r\n`)).toEqual([
      { name: 'Intel(R) UHD Graphics 770', driverVersion: '32.0.101.6460', errorCode: 43, pnpId: 'PCI\\VEN_8086&DEV_A780' },
    ]);
    const basic =
      '{"Name":"Microsoft Basic Display Adapter","DriverVersion":null,"ConfigManagerErrorCode":0,"PNPDeviceID":"PCI\\\\VEN_1234"}';
    expect(parseWindowsAdapters(`[${basic},${one}]`)?.map(isIntelAdapter)).toEqual([false, true]);
    expect([parseWindowsAdapters(''), parseWindowsAdapters('null')]).toEqual([undefined, []]);
  });

  test('the table of drivers is in order', () => {
    const numbers = WINDOWS_DRIVERS.map(({ version }) =>
      version
        .split('.')
        .map((part) => part.padStart(6, '0'))
        .join('.'),
    );
    expect(numbers).toEqual([...numbers].sort());
  });
});
