// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ShapeWish } from './guest-shape.ts';

/** What may be asked besides the whole GPU itself. */
export interface WholeGpuWish extends ShapeWish {
  /** The GPU's sound function too. */
  readonly audio?: boolean;
  /** Tells the guest how many address bits the host's IOMMU has. */
  readonly physBits?: boolean;
  /** The host uses the GPU while the guest does not run. */
  readonly handover?: boolean;
  /** Turns `-device vfio-pci` of the guest's `args` into an entry of PVE's. */
  readonly convert?: boolean;
}
