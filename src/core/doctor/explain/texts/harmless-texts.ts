// SPDX-License-Identifier: AGPL-3.0-or-later
import { kernelFile, strongtz, type TextRule } from '../text-rule.ts';

/** Lines that look like errors and are none. */
export const HARMLESS_TEXTS: readonly TextRule[] = [
  {
    id: 'harmless.dangerous-option',
    pattern: /Setting dangerous option (\w+) - tainting kernel/,
    weight: 'harmless',
    text: 'i915 says this of every option that its authors do not test ($1 among them). SR-IOV wants it so.',
    finding: 'driver.dangerous-option-normal',
    source: kernelFile('drivers/gpu/drm/i915/i915_params.c'),
  },
  {
    id: 'harmless.taint',
    pattern:
      /module verification failed: signature and\/or required key missing - tainting kernel|loading out-of-tree module taints kernel/,
    weight: 'harmless',
    text: 'The module is not signed with a key of the kernel. While Secure Boot is off that is only a note; the module was loaded.',
    finding: 'secure-boot.taint-is-harmless',
    source: strongtz(106),
  },
  {
    id: 'harmless.save-state',
    pattern: /Failed to save VF\d+ state|action 0x550b failed/i,
    weight: 'harmless',
    text: 'The driver could not save the state of a VF at a reset or suspend; guests are reported to run all the same.',
    finding: 'vf.state-not-saved',
    source: strongtz(281),
  },
  {
    id: 'harmless.hwconfig',
    pattern: /mmio request 0x4100: failure|Failed to retrieve hwconfig table: -ENOENT/i,
    weight: 'harmless',
    text: 'A call of the firmware that some boards do not know, seen on VFs that work.',
    source: 'https://github.com/bbaa-bbaa/i915-sriov-dkms/issues/9',
  },
  {
    id: 'harmless.bar-overlap',
    pattern: /disabling \[mem .*\] because it overlaps 0000:00:02\.0 BAR (?:7|8|9|1\d)/,
    weight: 'harmless',
    text: 'A window of the VFs had no address yet when this was said; it gets one later.',
    source: strongtz(303),
  },
  {
    id: 'harmless.dmc-mmio',
    pattern: /DMC \d+ mmio\[\d+\]\/0x[0-9a-f]+ incorrect/,
    weight: 'harmless',
    text: 'xe checks what the display microcode has set and is surprised; VFs work all the same.',
    source: strongtz(429),
  },
  {
    id: 'harmless.skip-iommu-disabling',
    pattern: /Skip IOMMU disabling for graphics/,
    weight: 'harmless',
    text: 'The kernel says that it leaves the IOMMU on for the GPU, which is what is wanted.',
    source: kernelFile('drivers/iommu/intel/iommu.c'),
  },
  {
    id: 'harmless.vf-flr',
    pattern: /\bVF\d+ FLR\b/,
    weight: 'harmless',
    text: 'A VF was reset, as at each start and stop of its guest.',
    source: strongtz(182),
  },
];
