// SPDX-License-Identifier: AGPL-3.0-or-later
import { backendModule } from '../driver/origin-check.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import type { DriverBackend, Mode } from '../gpu/verdict.ts';

/** The module that drives a GPU in a mode; null where vfio-pci has it. */
export function modeDriver(
  mode: Mode,
  entry: Pick<CatalogueEntry, 'drivers'>,
  backend: DriverBackend | undefined,
): 'i915' | 'xe' | null {
  if (mode === 'gvt-d') return null;
  if (mode === 'gvt-g') return 'i915';
  if (backend !== undefined) return backendModule(backend).module;
  return entry.drivers.i915Mainline ? 'i915' : 'xe';
}
