// SPDX-License-Identifier: AGPL-3.0-or-later
import { kernelNumber } from './numbers.ts';

/**
 * Whether `driver_override` takes the device lock, so that it hangs with a writer that holds it. Since commit cb3d1049f4ea
 * ("driver core: generalize driver_override in struct device", March 2026) it has a spinlock of its own: in 7.0, and in
 * newer updates of 6.12, which is measured. Kernels between are taken for older ones.
 */
export function overrideTakesLock(release: string): boolean {
  const [, patch = '0'] = /^6\.12\.(\d+)/.exec(release) ?? [];
  return kernelNumber(release) < 7000 && Number(patch) < 107;
}
