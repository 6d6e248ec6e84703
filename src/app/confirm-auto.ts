// SPDX-License-Identifier: AGPL-3.0-or-later

import { CONFIRM_LIMIT_MS } from '../core/boot/confirm-unit.ts';
import type { Plan } from '../core/plan/action.ts';
import type { PendingReboot } from '../core/plan/pending-reboot.ts';
import type { Problem, Result } from '../core/problem.ts';
import { assertSetup } from '../core/setup/assertion.ts';
import { HEALTH_CHECKS, SICKNESS } from '../core/setup/health.ts';
import { planConfirmation } from './confirm.ts';
import type { Context } from './context.ts';
import { applyPlan } from './engine/apply-plan.ts';
import { readRun, runNumbers } from './engine/journal.ts';
import { healthyChecks } from './health.ts';
import { planRollback } from './rollback.ts';
import { setupWorld } from './setup-world.ts';

/** How often the node is looked at while it becomes healthy. */
const POLL_MS = 5000;
/** A plan that leaves something to plan after these many rounds goes in circles. */
const MOST_ROUNDS = 6;
const REBOOT_MS = 60_000;

/**
 * `nothing`: no reboot was awaited, or it has not come yet. `gone-back`: the node was not healthy and the set-up was taken
 * back; the node was started again where nobody could have reached it.
 */
export type AutoAnswer = 'nothing' | 'confirmed' | 'gone-back' | 'failed';

/** What the unit does after the reboot of a set-up: waits until the node is healthy, at most `limitMs`, then confirms, or goes back. */
export async function confirmAuto(
  context: Context,
  options: { readonly hookStub: string; readonly limitMs?: number },
): Promise<AutoAnswer> {
  const { clock, log } = context;
  const world = await setupWorld(context);
  if (!world.ok) return said(context, world.problem);
  const { pending, bootId } = world.value;
  if (pending === null || bootId === null || pending.bootId === null || pending.bootId === bootId) return 'nothing';
  const endMs = clock.nowMs() + (options.limitMs ?? CONFIRM_LIMIT_MS);
  let sick = await sickness(context, pending);
  while (sick.length > 0 && clock.nowMs() < endMs) {
    await clock.sleep(POLL_MS);
    sick = await sickness(context, pending);
  }
  if (sick.length === 0) {
    const confirmed = await applyAll(context, () => planConfirmation(context));
    if (!confirmed.ok) return said(context, confirmed.problem);
    log.info('The node came up as it was set up; this is confirmed.');
    return 'confirmed';
  }
  log.warn(`The node did not come up well: ${sick.join('; ')}. The set-up is taken back.`);
  return await goBack(context, pending, sick, options);
}

/** What is wrong with the node, a phrase for each; what was wrong before the set-up already does not count. */
async function sickness(context: Context, { expects = [] }: PendingReboot): Promise<readonly string[]> {
  const world = await setupWorld(context);
  if (!world.ok) return [world.problem.message];
  const { pending } = world.value;
  const healthy = await healthyChecks(context.host);
  const missing = HEALTH_CHECKS.filter((check) => expects.includes(check) && !healthy.includes(check));
  // A trial that is over, or that runs: confirm itself decides by the command line.
  const wrong =
    pending?.trial !== undefined
      ? []
      : assertSetup(world.value).assertions.filter(({ answer, id }) => answer === 'no' && id !== 'assert.files');
  return [...missing.map((check) => SICKNESS[check]), ...wrong.map(({ text }) => text)];
}

async function goBack(
  context: Context,
  pending: PendingReboot,
  sick: readonly string[],
  options: { readonly hookStub: string },
): Promise<AutoAnswer> {
  const { host, log } = context;
  if (pending.trial === undefined) {
    const run = await lastSetup(context);
    if (run === undefined) {
      log.warn('Which run set the node up is not known any more, so nothing was taken back; see pveigpu history.');
      return 'failed';
    }
    const back = await applyAll(context, () => planRollback(context, { to: run, force: true }, options));
    if (!back.ok) return said(context, back.problem);
  }
  // A node that can be reached is left to its owner; guests may run on it by now.
  const isLost = HEALTH_CHECKS.some((check) => sick.includes(SICKNESS[check]));
  if (!isLost && pending.trial === undefined) {
    log.warn('Reboot the node when it suits you: it then starts as before the set-up.');
    return 'gone-back';
  }
  log.warn('The node starts again now, as it was before the set-up.');
  const ran = await host.run(['systemctl', 'reboot'], { timeoutMs: REBOOT_MS });
  return ran.ok && ran.value.exitCode === 0 ? 'gone-back' : 'failed';
}

/** The newest run that awaits a reboot. */
async function lastSetup({ host }: Context): Promise<number | undefined> {
  const numbers = await runNumbers(host);
  for (const number of numbers.ok ? [...numbers.value].sort((a, b) => b - a) : []) {
    const run = await readRun(host, number);
    const isSetup = run.ok && run.value.steps.some(({ step }) => step.action === 'noteReboot' && step.args.pending !== null);
    if (isSetup && run.value.state === 'done') return number;
  }
  return undefined;
}

/** Plans and applies until a plan is the whole. */
async function applyAll(context: Context, planner: () => Promise<Result<Plan>>): Promise<Result<void>> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const planned = await planner();
    if (!planned.ok) return planned;
    const applied = await applyPlan(context, planned.value, { force: true });
    if (!applied.ok) return applied;
    if (planned.value.then === undefined) return { ok: true, value: undefined };
  }
  return { ok: false, problem: { code: 'plan.failed', message: 'The plans do not come to an end.' } };
}

function said({ log }: Context, { message, hint }: Problem): 'failed' {
  log.warn(hint === undefined ? message : `${message} ${hint}`);
  return 'failed';
}
