// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { logEvidence } from '../gpu/gpu-case.ts';
import { compareSeries, kernelSeries } from '../gpu/kernel-version.ts';
import { confirmWanted } from './confirm-wanted.ts';
import { iommuWords } from './iommu-words.ts';
import { NOTHING_WANTED, type SetupCase, type Wanted } from './wanted.ts';

const NO_FRAMEBUFFER = 'initcall_blacklist=sysfb_init';

/**
 * The whole GPU belongs to vfio-pci from boot on. Each module that knows the id hands it over before it can bind it, and
 * vfio-pci too, for hosts where the graphics drivers are blacklisted. The VFIO modules are loaded at boot, so that the GPU is bound before guests start.
 */
export function wantGvtd(gpu: SetupCase): Wanted {
  const { device, entry, release } = gpu;
  const modules = [...claimingModules(entry), 'vfio-pci'];
  return {
    ...NOTHING_WANTED,
    overrides: [
      {
        bdf: device.bdf,
        device: device.device,
        vfioDriver: 'vfio-pci',
        modules,
        because: 'the GPU goes to vfio-pci before its own driver can take it; by address and id, so no other card is taken',
      },
    ],
    load: vfioModules(release).map((module) => ({ module, because: 'the GPU waits there for its guest' })),
    units: [confirmWanted(gpu.program)],
    parameters: [...iommuWords(gpu), ...framebufferWords(gpu)],
  };
}

/** The VFIO modules of a kernel; `vfio_virqfd` became part of vfio in 6.2 (kernel drivers/vfio/Makefile). */
export function vfioModules(release: string): readonly string[] {
  const series = kernelSeries(release);
  const old = series !== undefined && compareSeries(series, '6.2') < 0;
  return ['vfio', 'vfio_iommu_type1', ...(old ? ['vfio_virqfd'] : []), 'vfio-pci'];
}

function claimingModules({ drivers }: CatalogueEntry): readonly string[] {
  return [...(drivers.i915Mainline || drivers.i915Dkms ? ['i915'] : []), ...(drivers.xeMainline || drivers.xeDkms ? ['xe'] : [])];
}

/** Only where the kernel log says that the firmware's frame buffer kept a window of the GPU, or where we have said it already. */
function framebufferWords(gpu: SetupCase): Wanted['parameters'] {
  const seen = logEvidence(gpu, /vfio-pci .*BAR \d: can't reserve/) !== undefined;
  if (!seen && !gpu.ourParameters.includes(NO_FRAMEBUFFER)) return [];
  return [
    { word: NO_FRAMEBUFFER, because: "the firmware's frame buffer held a window of the GPU, so a guest could not have it" },
  ];
}
