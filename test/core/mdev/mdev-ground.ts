// SPDX-License-Identifier: AGPL-3.0-or-later

import { DEFAULT_MDEV_POOL, MDEV_POOL_BY_ASSIGN } from '../../../src/core/assign/ours.ts';
import type { MdevType } from '../../../src/core/facts/pci-facts.ts';
import { moduleOf } from '../../support/facts.ts';
import type { NodeSpec } from '../assign/ground.ts';

const MIB = 1024 * 1024;

/** The types of GVT-g on generation 9 (kernel drivers/gpu/drm/i915/gvt/vgpu.c). */
const TYPES = [
  { suffix: '8', lowGmMiB: 64, highGmMiB: 384, resolution: '1024x768', weight: 2 },
  { suffix: '4', lowGmMiB: 128, highGmMiB: 512, resolution: '1920x1200', weight: 4 },
  { suffix: '2', lowGmMiB: 256, highGmMiB: 1024, resolution: '1920x1200', weight: 8 },
  { suffix: '1', lowGmMiB: 512, highGmMiB: 2048, resolution: '1920x1200', weight: 16 },
];

/** What a GPU offers with these instances: free ones by what is left of the aperture, as the kernel counts. */
export function mdevTypes(
  apertureMiB: number,
  instances: { readonly [suffix: string]: readonly string[] } = {},
): readonly MdevType[] {
  const offered = TYPES.filter(({ lowGmMiB }) => lowGmMiB <= apertureMiB - 128);
  const taken = offered.reduce((sum, { suffix, lowGmMiB }) => sum + lowGmMiB * (instances[suffix]?.length ?? 0), 0);
  return offered.map(({ suffix, ...rest }) => ({
    id: `i915-GVTg_V5_${suffix}`,
    availableInstances: Math.floor((apertureMiB - 128 - taken) / rest.lowGmMiB),
    description: '',
    fences: 4,
    ...rest,
    devices: instances[suffix] ?? [],
  }));
}

/** A Coffee Lake node with GVT-g on and an aperture of this size. */
export function gvtgNode(
  spec: NodeSpec & { readonly apertureMiB?: number; readonly instances?: Parameters<typeof mdevTypes>[1] },
): NodeSpec {
  const aperture = spec.apertureMiB ?? 256;
  return {
    device: '3e92',
    vfs: 0,
    ...spec,
    gpu: {
      driver: 'i915',
      sriov: undefined as never,
      iommuGroup: 0,
      bars: [{ index: 2, start: '0x90000000', sizeBytes: aperture * MIB }],
      mdevTypes: mdevTypes(aperture, spec.instances),
      ...spec.gpu,
    },
    parts: {
      modules: { modules: [moduleOf('i915', { parameters: { enable_gvt: 'Y', enable_guc: '0' } }), moduleOf('kvmgt')] },
      logs: { lines: [] },
      ...spec.parts,
    },
  };
}

/** The mapping that an assignment makes on that node, with anything else in its entry. */
export function mdevMapping(more: { readonly group?: number; readonly flag?: boolean; readonly path?: string } = {}): string {
  const entry = `id=8086:3e92,iommugroup=${more.group ?? 0},node=pve,path=${more.path ?? '0000:00:02.0'},subsystem-id=1043:8882`;
  return `${DEFAULT_MDEV_POOL}\n\tmap ${entry}\n\tdescription ${MDEV_POOL_BY_ASSIGN}\n${more.flag === false ? '' : '\tmdev 1\n'}\n`;
}
