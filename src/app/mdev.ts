// SPDX-License-Identifier: AGPL-3.0-or-later
import { judge } from '../core/gpu/judge.ts';
import { mdevInstances } from '../core/mdev/mdev-instance.ts';
import { type MdevListView, mdevListView } from '../core/mdev/mdev-list-view.ts';
import { type MdevTypesView, mdevTypesView } from '../core/mdev/mdev-types-view.ts';
import { planMdevClean } from '../core/mdev/plan-mdev-clean.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { senseForPlan } from './guest-ground.ts';
import { readMdevs } from './read-mdevs.ts';

/** The mediated device types that the GPUs of this node offer. */
export async function listMdevTypes(context: Context): Promise<MdevTypesView> {
  const facts = await senseForPlan(context);
  return mdevTypesView(facts, judge(facts));
}

/** The mediated devices of this node with who uses them. */
export async function listMdevs(context: Context): Promise<MdevListView> {
  const facts = await senseForPlan(context);
  return mdevListView(facts, await readMdevs(context.host, facts));
}

/** Plans taking leftover mediated devices away, or the one with this UUID; nothing is written. */
export async function planCleanMdevs(context: Context, uuid?: string): Promise<Result<Plan>> {
  const facts = await senseForPlan(context);
  return planMdevClean(mdevInstances(facts, await readMdevs(context.host, facts)), uuid);
}
