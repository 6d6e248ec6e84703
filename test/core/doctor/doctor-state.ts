// SPDX-License-Identifier: AGPL-3.0-or-later
import { readDoctorCase } from '../../../src/app/doctor-case.ts';
import { NOT_DEEP } from '../../../src/core/doctor/deep-facts.ts';
import type { DoctorCase } from '../../../src/core/doctor/doctor-case.ts';
import { examine } from '../../../src/core/doctor/examine.ts';
import type { FindingId, FindingRule, Outcome } from '../../../src/core/doctor/finding.ts';
import type { FactSections, HostFacts, SectionName } from '../../../src/core/facts/host-facts.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { findProfile } from '../../../src/simulator/profiles/table.ts';
import { Simulated } from '../../app/simulated.ts';
import type { Capture } from '../../support/facts.ts';

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

/** The profile of that name, for states that need a machine with other hardware or firmware. */
export function profileOf(name: string): Profile {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}

/** A simulated machine of a profile after somebody changed it; sensed as the command does. `deep` runs programs too. */
export function state(
  name: string,
  profile: string | Profile,
  change: (node: Simulated) => void | Promise<void> = () => {},
  options: { readonly deep?: boolean } = {},
): DoctorState {
  const make = async () => {
    const node = new Simulated(typeof profile === 'string' ? profileOf(profile) : profile);
    await change(node);
    return await readDoctorCase(node.context, { deep: options.deep ?? false });
  };
  return { name, make };
}

/** A state that is made by changing what was sensed, where the simulator has no such machine. */
export function changed(name: string, from: DoctorState, change: (ground: DoctorCase) => DoctorCase): DoctorState {
  return { name, make: async () => change(await from.make()) };
}

/** A public excerpt of a real machine, as doctor finds it; nothing is known of our own state there. */
export function captured(name: string, { facts }: Capture): DoctorState {
  return { name, make: async () => caseOf(facts) };
}

/** A case of facts alone. */
export function caseOf(facts: HostFacts): DoctorCase {
  const desired = { state: 'unknown', reason: 'it is another machine' } as const;
  return {
    facts,
    verdict: judge(facts),
    desired,
    ledger: desired,
    pending: null,
    bootId: null,
    today: '2026-11-21',
    builds: {},
    deep: NOT_DEEP,
  };
}

/** The case with one known section changed, and judged anew. */
export function withSection<K extends SectionName>(
  ground: DoctorCase,
  name: K,
  change: (section: FactSections[K]) => FactSections[K],
): DoctorCase {
  const section = ground.facts[name];
  if (section.state !== 'known') throw new Error(`${name} is not known`);
  return withFacts(ground, { ...ground.facts, [name]: { state: 'known', value: change(section.value as FactSections[K]) } });
}

/** The case with other facts, judged anew. */
export function withFacts(ground: DoctorCase, facts: HostFacts): DoctorCase {
  return { ...ground, facts, verdict: judge(facts) };
}

/** What a rule says in a state; not `deep` without what programs said. A state is made once, also where several findings share it. */
export async function outcomesIn(one: DoctorState, rule: FindingRule, { deep = true } = {}): Promise<readonly Outcome[]> {
  const made = MADE.get(one) ?? one.make();
  MADE.set(one, made);
  const ground = await made;
  return examine(deep ? ground : { ...ground, deep: NOT_DEEP }, [rule]).map(({ outcome }) => outcome);
}

const MADE = new WeakMap<DoctorState, Promise<DoctorCase>>();
