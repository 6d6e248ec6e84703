// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Remark, Step } from '../core/plan/action.ts';
import { ok, type Result } from '../core/problem.ts';

/** One of several plans that are done one after the other, each made when its turn comes. */
export interface Turn {
  /** What it will do, for the list of what follows. */
  readonly title: string;
  plan(): Promise<Result<Plan>>;
}

/**
 * The first plan that changes something, with all that follows it shown as what is ahead. Called again after each, it comes to the
 * end. What speaks against a later one is said when its turn comes, since what goes before it may settle that; one that
 * cannot be planned yet is only named.
 */
export async function planInTurns(turns: readonly Turn[], nothing: Plan): Promise<Result<Plan>> {
  let now: Plan | undefined;
  const later: { readonly title: string; readonly steps: readonly Step[] }[] = [];
  const remarks: Remark[] = [...nothing.remarks];
  for (const turn of turns) {
    const planned = await turn.plan();
    if (!planned.ok && now === undefined) return planned;
    if (!planned.ok) {
      later.push({ title: turn.title, steps: [] });
      continue;
    }
    const { steps, desired, then } = planned.value;
    if (now === undefined) remarks.push(...planned.value.remarks);
    if (steps.length === 0 && desired === undefined && then === undefined) continue;
    if (now === undefined) now = planned.value;
    else later.push({ title: turn.title, steps });
  }
  if (now === undefined) return ok({ ...nothing, remarks: once(remarks) });
  const next = [...(now.then === undefined ? [] : [now.then]), ...later.map(({ title }) => title)];
  if (next.length === 0) return ok({ ...now, remarks: once(remarks) });
  return ok({
    ...now,
    remarks: once(remarks),
    // biome-ignore lint/suspicious/noThenProperty: the plan's own word for what follows it
    then: `After that: ${next.join('; ')}`,
    ahead: [...(now.ahead ?? []), ...later.flatMap(({ steps }) => steps)],
  });
}

function once(remarks: readonly Remark[]): readonly Remark[] {
  return remarks.filter((one, at) => remarks.findIndex(({ text }) => text === one.text) === at);
}
