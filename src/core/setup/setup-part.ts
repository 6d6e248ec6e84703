// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BuildDependencies } from '../driver/idle-dependencies.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { MachineVerdict } from '../gpu/verdict.ts';
import type { Remark, Step } from '../plan/action.ts';
import type { Desired } from '../plan/desired.ts';
import type { Ledger } from '../plan/ledger.ts';

/** What the planners of host set-up rest on. */
export interface SetupGround {
  readonly facts: HostFacts;
  readonly verdict: MachineVerdict;
  readonly ledger: Ledger;
  readonly desired: Desired;
  /** Absolute path of pveigpu on that machine, which units of ours call; default where packages put it. */
  readonly program?: string;
  /** GPUs by hand-over, by VMID: the host has them while the guest does not run. Absent where nobody looked. */
  readonly handovers?: ReadonlyMap<number, string>;
  /** What came with build tools that we installed. */
  readonly buildDependencies?: BuildDependencies;
}

/** What has to be made again after files changed, once, after the last of them. */
export type Rebuild = 'initramfs' | 'boot' | 'units' | 'udev';

/** The part of a plan that one subject adds (kernel, driver, module options, command line, units). */
export interface SetupPart {
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
  readonly rebuilds: readonly Rebuild[];
}

/** A part that changes nothing. */
export const NO_PART: SetupPart = { steps: [], remarks: [], rebuilds: [] };
