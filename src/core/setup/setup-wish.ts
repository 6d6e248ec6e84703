// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DriverInputs } from '../driver/driver-inputs.ts';
import type { DriverBackend, Mode } from '../gpu/verdict.ts';
import type { AvailableKernel } from '../kernels/available-kernel.ts';
import type { Bdf } from '../pci/address.ts';
import type { PendingReboot } from '../plan/pending-reboot.ts';
import type { SetupGround } from './setup-part.ts';

/** What is asked of host set-up. */
export interface SetupWish {
  /** `auto` is what the verdict recommends. */
  readonly mode: Mode | 'auto';
  readonly gpu?: Bdf;
  readonly numVfs?: number;
  /** How many VFs the administrator wants where no count is asked for (`pveigpu.conf`). */
  readonly usualVfs?: number;
  readonly driver?: DriverBackend;
  /** The kernel that shall run, as `uname -r` prints it. */
  readonly kernel?: string;
  /** Make that kernel the one that always boots. */
  readonly pin?: boolean;
  /** Change nothing of what runs now: all of it comes with the next boot. */
  readonly deferReboot?: boolean;
  readonly force?: boolean;
  /** Replace what others set up for the same purpose (VFs at boot, `ids=`) by ours, so that pveigpu manages it. */
  readonly takeOver?: boolean;
}

/** What the planner of host set-up rests on. */
export interface SetupWorld extends SetupGround {
  /** The `boot_id` of the running kernel, null where it could not be read. */
  readonly bootId: string | null;
  /** What an earlier set-up awaits of the next boot. */
  readonly pending: PendingReboot | null;
  /** Units of ours that systemd starts at boot now. */
  readonly enabledUnits: readonly string[];
  /** What the plan of a DKMS driver needs besides the facts; absent where it was not looked at. */
  readonly driver?: DriverInputs;
  /** Kernels that could be installed; absent where that was not looked at. */
  readonly availableKernels?: readonly AvailableKernel[];
}
