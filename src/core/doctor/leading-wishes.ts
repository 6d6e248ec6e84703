// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DoctorCase } from './doctor-case.ts';
import { type GpuWish, gpuWishes } from './gpu-wish.ts';

/**
 * For each GPU the one thing that it is wanted for most: what was asked with `apply` before what a guest names, that before what
 * is in use, that before what was only prepared. Whoever has the driver package and gave the GPU to a guest as a whole misses no VFs.
 */
export function leadingWishes(ground: DoctorCase): readonly GpuWish[] {
  const wishes = gpuWishes(ground);
  return wishes.filter(({ device }, at) => wishes.findIndex((one) => one.device.bdf === device.bdf) === at);
}
