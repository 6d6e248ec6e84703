// SPDX-License-Identifier: AGPL-3.0-or-later
import { type GpuCase, logEvidence, reason } from './gpu-case.ts';
import type { Reason } from './verdict.ts';

/** Something that the kernel log shows of an attempt to give the GPU away, and what to do about it. */
export interface GvtdTrouble {
  readonly reason: Reason;
  readonly needs: readonly string[];
}

interface Sign {
  readonly id: string;
  readonly pattern: RegExp;
  readonly text: string;
  readonly needs: readonly string[];
}

const SIGNS: readonly Sign[] = [
  {
    // drivers/vfio/pci/vfio_pci_core.c; efifb, simplefb or BOOTFB still owns the range in /proc/iomem.
    id: 'gvtd.framebuffer-holds-bar',
    pattern: /vfio-pci .*BAR \d: can't reserve/,
    text: "The firmware's frame buffer still holds a window of the GPU, so vfio-pci could not take it.",
    needs: ['Take the firmware frame buffer off the GPU (initcall_blacklist=sysfb_init on the kernel command line).'],
  },
  {
    id: 'gvtd.bad-rom',
    pattern: /Invalid PCI ROM header signature/,
    text: 'The ROM of the GPU could not be read from the device; a guest that needs one wants a ROM file.',
    needs: [],
  },
  {
    id: 'gvtd.igd-regions',
    pattern: /Failed to setup Intel IGD regions/,
    text: 'vfio-pci found no usable OpRegion.',
    needs: ['Set the GPU as primary display in the firmware set-up.'],
  },
];

const FAULT = /DMAR: \[DMA (Read|Write).*Request device \[([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\]/i;

/** What went wrong when the GPU was given away, from the kernel log. */
export function gvtdTroubles(gpu: GpuCase): readonly GvtdTrouble[] {
  const found: GvtdTrouble[] = [];
  for (const sign of SIGNS) {
    const line = logEvidence(gpu, sign.pattern);
    if (line !== undefined) found.push({ reason: reason(sign.id, sign.text, line), needs: sign.needs });
  }
  const fault = logEvidence(gpu, FAULT);
  if (fault !== undefined && gpu.device.bdf.endsWith(FAULT.exec(fault.value)?.[2] ?? '-')) {
    const text =
      'The GPU read memory that it was not allowed to (DMAR faults). A few at the first start are normal, a stream is not.';
    found.push({ reason: reason('gvtd.dmar-faults', text, fault), needs: [] });
  }
  return found;
}
