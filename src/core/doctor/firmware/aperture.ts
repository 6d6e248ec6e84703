// SPDX-License-Identifier: AGPL-3.0-or-later
import { logEvidence } from '../../gpu/gpu-case.ts';
import { apertureMiB, roomOf, roomText } from '../../mdev/aperture.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome, Severity } from '../finding.ts';
import { type GpuWish, gpuWishes } from '../gpu-wish.ts';

/** The least that a type needs of it, MiB (kernel drivers/gpu/drm/i915/gvt/vgpu.c, V5_8 and V4_8). */
const LEAST_MIB = 64;
/** From this on the aperture is not what limits a node with few guests. */
const ROOMY_MIB = 512;

// drivers/gpu/drm/i915/gvt/aperture_gm.c: alloc_resource.
const NO_ROOM = /request \d+MB avail \d+MB|fail to allocate resource/;
const REFERENCE = 'https://github.com/intel/gvt-linux/issues/75';

/** GVT-g is wanted, and the aperture has no room for what is asked. */
export const APERTURE_TOO_SMALL: FindingRule = apertureRule(
  'aperture-too-small',
  'error',
  'The aperture is too small for mediated devices',
  (wish, mib) => {
    const { device } = wish;
    const said = logEvidence(wish, NO_ROOM);
    if (roomOf(mib).lowMiB >= LEAST_MIB && said === undefined) return [];
    return [
      {
        state: 'problem',
        subject: device.bdf,
        because: `${device.bdf} has too little aperture for the mediated devices that are asked for. ${roomText(device)}`,
        evidence: [
          { source: `size of BAR 2 of ${device.bdf}`, value: `${mib} MiB` },
          ...(said === undefined ? [] : [said]),
          wish.sign,
        ],
        remedy: { text: `Raise the aperture size in the firmware set-up, to ${ROOMY_MIB} MiB or more, or choose smaller types.` },
      },
    ];
  },
);

/** All mediated devices that fit are given away. */
export const APERTURE_FULL: FindingRule = apertureRule(
  'aperture-full',
  'advice',
  'A larger aperture has room for more mediated devices',
  (wish, mib) => {
    const { device } = wish;
    const types = device.mdevTypes ?? [];
    const isFull = types.length > 0 && types.every(({ availableInstances }) => availableInstances === 0);
    if (!isFull || mib >= ROOMY_MIB || logEvidence(wish, NO_ROOM) !== undefined) return [];
    return [
      {
        state: 'problem',
        subject: device.bdf,
        because: `No further mediated device fits into the aperture of ${device.bdf}, which is ${mib} MiB.`,
        evidence: [
          { source: `size of BAR 2 of ${device.bdf}`, value: `${mib} MiB` },
          { source: 'available_instances', value: types.map(({ id }) => `${id} 0`).join(', ') },
        ],
        remedy: { text: 'A larger aperture in the firmware set-up makes room for more guests.' },
      },
    ];
  },
);

function apertureRule(
  name: string,
  severity: Severity,
  title: string,
  examine: (wish: GpuWish, mib: number) => readonly Outcome[],
): FindingRule {
  return {
    id: `firmware.${name}`,
    severity,
    title,
    reference: REFERENCE,
    examine: (ground: DoctorCase) =>
      gpuWishes(ground).flatMap((wish) => {
        const mib = wish.mode === 'gvt-g' && wish.entry.gvtg === true ? apertureMiB(wish.device) : undefined;
        return mib === undefined ? [] : examine(wish, mib);
      }),
  };
}
