// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { iommuObstacle } from '../gpu/iommu.ts';
import { kernelAtLeast } from '../gpu/kernel-version.ts';
import type { SetupCase, Wanted } from './wanted.ts';

const ON = 'intel_iommu=on';

/** `intel_iommu=on` where the kernel does not use the IOMMU by itself, or where we have put it already. There is no module option for it. */
export function iommuWords(gpu: SetupCase): Wanted['parameters'] {
  const obstacle = iommuObstacle(gpu);
  const needed = obstacle?.kind === 'parameter' && obstacle.reason.id !== 'iommu.graphics-off';
  if (!needed && !offByDefault(gpu) && !gpu.ourParameters.includes(ON)) return [];
  return [{ word: ON, because: 'the kernel does not use the IOMMU by itself, and guests need it' }];
}

/** Proxmox's kernels before 6.8 want the word (pve-docs qm-pci-passthrough.adoc), so one that shall run must not lack it. */
function offByDefault({ facts, release }: SetupCase): boolean {
  const kernel = ifKnown(facts.kernel);
  if (kernel === undefined || kernel.release === release || !release.endsWith('-pve')) return false;
  return kernelAtLeast(release, '6.8') === false && !/(^|\s)intel_iommu=(\S*,)?on(,|\s|$)/.test(kernel.cmdline);
}
