// SPDX-License-Identifier: AGPL-3.0-or-later
import { readDoctorCase } from '../../../src/app/doctor-case.ts';
import type { DoctorCase } from '../../../src/core/doctor/doctor-case.ts';
import { examine } from '../../../src/core/doctor/examine.ts';
import type { FindingId, FindingRule, Outcome } from '../../../src/core/doctor/finding.ts';
import { type Simulated, simulated } from '../../app/simulated.ts';

/** A state of a machine, as doctor finds it. */
export interface DoctorState {
  readonly name: string;
  readonly make: () => Promise<DoctorCase>;
}

/** States that must bring a finding about, and states in which it must be fine. At least one of each. */
export interface FindingStates {
  readonly triggers: readonly [DoctorState, ...DoctorState[]];
  readonly clear: readonly [DoctorState, ...DoctorState[]];
}

/** States by finding: one such table for each area, in `states/<area>.ts`. */
export type StatesByFinding = { readonly [id: FindingId]: FindingStates };

/** A simulated machine of a profile after somebody changed it; sensed as the command does. `deep` runs programs too. */
export function state(
  name: string,
  profile: string,
  change: (node: Simulated) => void | Promise<void> = () => {},
  options: { readonly deep?: boolean } = {},
): DoctorState {
  const make = async () => {
    const node = simulated(profile);
    await change(node);
    return await readDoctorCase(node.context, { deep: options.deep ?? false });
  };
  return { name, make };
}

/** A state that is made by changing what was sensed, where the simulator has no such machine. */
export function changed(name: string, from: DoctorState, change: (ground: DoctorCase) => DoctorCase): DoctorState {
  return { name, make: async () => change(await from.make()) };
}

/** What a rule says in a state. A state is made once, also where several findings share it. */
export async function outcomesIn(one: DoctorState, rule: FindingRule): Promise<readonly Outcome[]> {
  const made = MADE.get(one) ?? one.make();
  MADE.set(one, made);
  return examine(await made, [rule]).map(({ outcome }) => outcome);
}

const MADE = new WeakMap<DoctorState, Promise<DoctorCase>>();
