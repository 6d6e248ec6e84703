// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MdevType } from '../facts/pci-facts.ts';
import { visible } from '../text/visible.ts';

/** The parts of a GVT-g type's `description` (kernel drivers/gpu/drm/i915/gvt/kvmgt.c, description_show). */
export type MdevDescription = Pick<MdevType, 'lowGmMiB' | 'highGmMiB' | 'fences' | 'resolution' | 'weight'>;

/** Reads `low_gm_size: 64MB`, `high_gm_size`, `fence`, `resolution` and `weight`; what is missing or odd is left out. */
export function parseMdevDescription(text: string): MdevDescription {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
    }),
  );
  const lowGmMiB = wholeNumber(values.get('low_gm_size'), 'MB');
  const highGmMiB = wholeNumber(values.get('high_gm_size'), 'MB');
  const fences = wholeNumber(values.get('fence'), '');
  const resolution = values.get('resolution');
  const weight = wholeNumber(values.get('weight'), '');
  return {
    ...(lowGmMiB === undefined ? {} : { lowGmMiB }),
    ...(highGmMiB === undefined ? {} : { highGmMiB }),
    ...(fences === undefined ? {} : { fences }),
    ...(resolution === undefined || resolution === '' ? {} : { resolution: visible(resolution, 40) }),
    ...(weight === undefined ? {} : { weight }),
  };
}

function wholeNumber(text: string | undefined, unit: string): number | undefined {
  if (text === undefined || !text.endsWith(unit)) return undefined;
  const digits = text.slice(0, text.length - unit.length).trim();
  return /^[0-9]{1,9}$/.test(digits) ? Number(digits) : undefined;
}
