// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { isLogTrouble, newLogLines } from '../../../src/core/selftest/log-trouble.ts';

test.each([
  '[  812.1] DMAR: [DMA Read NO_PASID] Request device [00:02.1] fault addr 0x7f000000 [fault reason 0x06] PTE Read access is not set',
  '[  812.1] DMAR: DRHD: handling fault status reg 3',
  '[  812.1] i915 0000:00:02.0: [drm] *ERROR* GT0: GUC: CT: No response for request 0x5100 (fence 9)',
  '[  812.1] i915 0000:00:02.0: [drm] GPU HANG: ecode 12:1:85dcfdfb',
  '[  812.1] xe 0000:00:02.0: [drm] device wedged, needs recovery',
  '[  812.1] vfio-pci 0000:00:02.1: vfio_bar_restore: reset recovery - restoring BARs',
  '[  812.1] vfio-pci 0000:00:02.1: Device is currently in use, task "sh" (812) blocked until device is released',
  '[  812.1] Call Trace:',
])('trouble: %s', (line) => expect(isLogTrouble(line)).toBe(true));

test.each([
  '[  812.1] i915 0000:00:02.0: VF1 FLR',
  '[  812.1] i915 0000:00:02.0: Enabled 7 VFs',
  '[  812.1] vfio-pci 0000:00:02.1: enabling device (0000 -> 0002)',
  '[  812.1] i915 0000:00:02.0: [drm] *ERROR* IOV: Failed to save VF1 state (-EPROTO)',
  '[  812.1] DMAR: Intel(R) Virtualization Technology for Directed I/O',
  '[  812.1] usb 1-1: reset high-speed USB device number 2 using xhci_hcd',
])('no trouble: %s', (line) => expect(isLogTrouble(line)).toBe(false));

test('only lines after the earlier reading are new', () => {
  expect(newLogLines('[1] a\n[2] b\n', '[1] a\n[2] b\n[3] c\n')).toEqual(['[3] c']);
  expect(newLogLines('[1] a\n[2] b\n', '[1] a\n[2] b\n')).toEqual([]);
  expect(newLogLines('', '[1] a\n')).toEqual(['[1] a']);
  // The ring has moved on by more than itself.
  expect(newLogLines('[1] a\n[2] b\n', '[8] x\n[9] y\n')).toEqual(['[8] x', '[9] y']);
});
