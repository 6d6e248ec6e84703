// SPDX-License-Identifier: AGPL-3.0-or-later
import { iommuObstacle } from '../gpu/iommu.ts';
import type { SetupCase, Wanted } from './wanted.ts';

const ON = 'intel_iommu=on';

/** `intel_iommu=on` where the kernel does not use the IOMMU by itself, or where we have put it already. There is no module option for it. */
export function iommuWords(gpu: SetupCase): Wanted['parameters'] {
  const obstacle = iommuObstacle(gpu);
  const needed = obstacle?.kind === 'parameter' && obstacle.reason.id !== 'iommu.graphics-off';
  if (!needed && !gpu.ourParameters.includes(ON)) return [];
  return [{ word: ON, because: 'the kernel does not use the IOMMU by itself, and guests need it' }];
}
