// SPDX-License-Identifier: AGPL-3.0-or-later
import { POOLS_UNIT_NAME, poolsUnit } from '../boot/pools-unit.ts';
import type { WantedUnit } from './wanted.ts';

/** Wanted by every mode whose slices guests get through a PVE resource mapping. */
export function poolsWanted(program: string): WantedUnit {
  return {
    name: POOLS_UNIT_NAME,
    text: poolsUnit(program),
    because: 'IOMMU groups may have other numbers after a boot: this makes the pools true again',
  };
}
