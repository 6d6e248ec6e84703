// SPDX-License-Identifier: AGPL-3.0-or-later
import { textPattern } from '../explain/table.ts';
import { logFinding } from '../log-finding.ts';

/** The firmware's frame buffer keeps a window of a GPU that a guest shall get (kernel drivers/vfio/pci/vfio_pci_core.c). */
export const FRAME_BUFFER_HOLDS_BAR = logFinding({
  id: 'kernel.frame-buffer-holds-bar',
  severity: 'error',
  title: "The firmware's frame buffer holds a window of the GPU",
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#%22BAR_3:_can.27t_reserve_.5Bmem.5D.22_error',
  modes: ['gvt-d'],
  pattern: textPattern('igd.frame-buffer'),
  because: ({ device }) => `A frame buffer of the firmware still holds a window of ${device.bdf}, so vfio-pci could not take it.`,
  remedy: 'Take the firmware frame buffer off the GPU: initcall_blacklist=sysfb_init on the kernel command line, then reboot.',
});

/** A few faults at the first start are normal: the GPU still draws for the host. From this number on they do not end. */
const STREAM = 20;

/** The GPU reads memory that the guest has not mapped for it. */
export const DMAR_FAULTS = logFinding({
  id: 'kernel.dmar-faults',
  severity: 'warning',
  title: 'The GPU keeps reading memory that it was not given',
  reference: 'https://github.com/intel/gvt-linux/issues/210',
  modes: ['gvt-d'],
  atLeast: STREAM,
  pattern: /DMAR: \[DMA (Read|Write).*Request device \[00:02\.0\]/i,
  because: ({ device }, count) =>
    `The IOMMU refused ${count} accesses of ${device.bdf}, more than the few that the first start of a guest brings.`,
  remedy:
    'Shut the guest down fully and start it again, and keep the GPU from the host from the boot on: pveigpu apply gvt-d does that.',
});

/** DMA goes through bounce buffers, which are used up (kernel/dma/swiotlb.c). */
export const SWIOTLB_FULL = logFinding({
  id: 'kernel.swiotlb-full',
  severity: 'error',
  title: 'The bounce buffers for DMA are used up (swiotlb)',
  reference: 'https://docs.kernel.org/core-api/swiotlb.html',
  follows: ['firmware.vtd-off', 'boot.iommu-off-by-parameter', 'boot.iommu-not-used', 'boot.graphics-without-iommu'],
  modes: ['host', 'sriov', 'gvt-g', 'gvt-d'],
  pattern: textPattern('swiotlb.full'),
  because: ({ device }) => `The kernel found no bounce buffer for a transfer of ${device.bdf}, so pictures or jobs are lost.`,
  remedy:
    'Let the GPU use the IOMMU (VT-d on, no igfx_off on the kernel command line); else enlarge the buffers with swiotlb=131072 there.',
});

/** The GPU did not answer and its driver gave it up (kernel drivers/gpu/drm/i915/gt/intel_reset.c, drivers/gpu/drm/xe/xe_device.c). */
export const GPU_WEDGED = logFinding({
  id: 'kernel.gpu-wedged',
  severity: 'error',
  title: 'The driver has declared the GPU dead (wedged)',
  reference: 'https://docs.kernel.org/gpu/drm-uapi.html#device-wedging',
  follows: ['firmware.guc-image-refused', 'kernel.known-bad'],
  modes: ['host', 'sriov', 'gvt-g', 'gvt-d'],
  pattern: /\bwedged\b/i,
  because: ({ device }) =>
    `The driver of ${device.bdf} has given the GPU up: nothing is drawn or computed until it is loaded again.`,
  remedy:
    'Stop the guests that use the GPU and reboot the node; if it comes back, look at the line before it with pveigpu explain.',
});
