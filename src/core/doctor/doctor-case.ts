// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BuildFinding } from '../driver/fault-text.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { Section } from '../facts/section.ts';
import type { MachineVerdict } from '../gpu/verdict.ts';
import type { Desired } from '../plan/desired.ts';
import type { Ledger } from '../plan/ledger.ts';
import type { PendingReboot } from '../plan/pending-reboot.ts';
import type { DeepFacts } from './deep-facts.ts';

/** All that a finding may rest on. */
export interface DoctorCase {
  readonly facts: HostFacts;
  readonly verdict: MachineVerdict;
  /** What was asked of this node with our commands; unknown where our state cannot be read. */
  readonly desired: Section<Desired>;
  /** What is ours on this node; a capture holds of it what was set in guests. */
  readonly ledger: Section<Ledger>;
  /** What the last set-up awaits of the next boot; null when nothing. */
  readonly pending: PendingReboot | null;
  /** Id of this boot, where it can be read. */
  readonly bootId: string | null;
  /** Day of the examination, `YYYY-MM-DD`: ages of firmware are judged by it. */
  readonly today: string;
  /** Why i915-sriov-dkms could not be built, by kernel release, from the log that a failed build leaves. */
  readonly builds: { readonly [release: string]: readonly BuildFinding[] };
  /** What programs say; every section is `not-sensed` without `--deep`. */
  readonly deep: DeepFacts;
}
