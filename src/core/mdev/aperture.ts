// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MdevType, PciDevice } from '../facts/pci-facts.ts';
import { ownerOfMdev } from './mdev-uuid.ts';

/** What the host keeps of the aperture and of the graphics memory above it, and its fences (kernel drivers/gpu/drm/i915/gvt/gvt.h). */
const HOST = { lowMiB: 128, highMiB: 384, fences: 4 };
/** The graphics address space of generation 8 and 9 in MiB, and their fences. */
const SPACE_MIB = 4096;
const FENCES = 32;

const MIB = 1024 * 1024;

/** The memory that all mediated devices of a GPU share, in MiB: the aperture (low), the memory above it (high), and fences. */
export interface MdevRoom {
  readonly lowMiB: number;
  readonly highMiB: number;
  readonly fences: number;
}

/** The size of a GPU's aperture in MiB, which is its BAR 2; undefined when it is not known. */
export function apertureMiB(gpu: PciDevice): number | undefined {
  const bar = gpu.bars.find(({ index }) => index === 2);
  return bar === undefined || bar.sizeBytes < MIB ? undefined : Math.floor(bar.sizeBytes / MIB);
}

/** What an aperture leaves for guests when none has anything yet. */
export function roomOf(aperture: number): MdevRoom {
  return {
    lowMiB: Math.max(0, aperture - HOST.lowMiB),
    highMiB: Math.max(0, SPACE_MIB - aperture - HOST.highMiB),
    fences: FENCES - HOST.fences,
  };
}

/** Whether these types fit into a room together; undefined when a type does not say what it takes. */
export function fitTogether(room: MdevRoom, types: readonly MdevType[]): boolean | undefined {
  let { lowMiB, highMiB, fences } = room;
  for (const type of types) {
    if (type.lowGmMiB === undefined || type.highGmMiB === undefined || type.fences === undefined) return undefined;
    lowMiB -= type.lowGmMiB;
    highMiB -= type.highGmMiB;
    fences -= type.fences;
  }
  return lowMiB >= 0 && highMiB >= 0 && fences >= 0;
}

/** The aperture in numbers, and who has what of it, as a sentence: what stands behind ENOSPC. */
export function roomText(gpu: PciDevice): string {
  const aperture = apertureMiB(gpu);
  const types = gpu.mdevTypes ?? [];
  const taken = types.reduce((sum, { lowGmMiB = 0, devices }) => sum + lowGmMiB * devices.length, 0);
  const takers = types.flatMap(({ id, devices }) => devices.map((uuid) => `${takerName(uuid)} (${id})`));
  const by = takers.length === 0 ? '' : `, by ${takers.join(', ')}`;
  if (aperture === undefined) return `Mediated devices have ${taken} MB of its aperture${by}.`;
  const { lowMiB } = roomOf(aperture);
  return `Of its aperture of ${aperture} MB the host keeps ${HOST.lowMiB} MB; of the other ${lowMiB} MB mediated devices have ${taken} MB${by}.`;
}

function takerName(uuid: string): string {
  const owner = ownerOfMdev(uuid);
  return owner === undefined ? uuid : `VM ${owner.vmid}`;
}
