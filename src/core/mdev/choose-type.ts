// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MdevType } from '../facts/pci-facts.ts';
import { ok, problem, type Result } from '../problem.ts';
import { apertureMiB, roomOf, roomText } from './aperture.ts';
import type { MdevGpu } from './mdev-gpu.ts';

/** Aperture that each type takes in MiB, by the last part of its name (kernel drivers/gpu/drm/i915/gvt/vgpu.c). */
const LOW_MIB: { readonly [suffix: string]: number } = { '8': 64, '4': 128, '2': 256, '1': 512 };

/** The largest type of which one more fits now, so that every mediated device that exists stays; undefined when none fits. */
export function largestFree(types: readonly MdevType[]): MdevType | undefined {
  return types.find(({ availableInstances }) => availableInstances > 0);
}

/** The type asked for by its whole name or the part after `GVTg_`, or the largest that fits now. */
export function chooseType(mdev: MdevGpu, wanted: string | undefined): Result<MdevType> {
  const { gpu, types, name } = mdev;
  const where = gpu.bdf;
  if (wanted === undefined) {
    const free = largestFree(types);
    if (free !== undefined) return ok(free);
    const message = `${where} (${name}) has no room for another mediated device. ${roomText(gpu)}`;
    return problem('guest.slice-taken', message, { hint: noRoomHint(), where });
  }
  const type = types.find(({ id }) => id === wanted || id.endsWith(`-GVTg_${wanted}`));
  if (type !== undefined) return ok(type);
  const offered = types.map(({ id }) => id).join(', ');
  const low = LOW_MIB[/^(?:i915-GVTg_)?V[45]_([1248])$/.exec(wanted)?.[1] ?? ''];
  const aperture = apertureMiB(gpu);
  if (low !== undefined && aperture !== undefined && low > roomOf(aperture).lowMiB) {
    const message = `${wanted} takes ${low} MB of aperture, and ${where} has ${roomOf(aperture).lowMiB} MB for guests: ${aperture} MB less the 128 MB of the host.`;
    return problem('gpu.cannot', message, {
      hint: `Use ${offered}, or set a larger aperture size in the firmware setup.`,
      where,
    });
  }
  return problem('gpu.cannot', `${where} (${name}) has no mediated device type "${wanted}".`, {
    hint: `It offers ${offered}; see pveigpu mdev types.`,
    where,
  });
}

/** What to do when nothing more fits. */
export function noRoomHint(): string {
  return 'Stop a guest that has one, give guests smaller types, take leftovers away (pveigpu mdev clean), or set a larger aperture size in the firmware setup.';
}
