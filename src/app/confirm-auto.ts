// SPDX-License-Identifier: AGPL-3.0-or-later

import { CONFIRM_LIMIT_MS } from '../core/boot/confirm-unit.ts';
import type { PendingReboot } from '../core/plan/pending-reboot.ts';
import type { Problem } from '../core/problem.ts';
import { assertSetup } from '../core/setup/assertion.ts';
import { HEALTH_CHECKS, SICKNESS } from '../core/setup/health.ts';
import type { SetupWorld } from '../core/setup/setup-wish.ts';
import { trialRuns } from '../core/setup/trial/trial-runs.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import { planConfirmation } from './confirm.ts';
import type { Context } from './context.ts';
import { takeBack, UNATTENDED } from './go-back.ts';
import { healthyChecks } from './health.ts';
import { setupWorld } from './setup-world.ts';

// Invariants: the node is started again at most once for one set-up. A set-up that is taken back is marked first (`wayBack`), and
// with that mark nothing is taken back any more. A trial starts the node again only while it runs itself, which it does for one boot.

/** How often the node is looked at while it becomes healthy. */
const POLL_MS = 5000;
const REBOOT_MS = 60_000;
const LOCKED = 'The node is healthy, but another pveigpu command worked all the time, so it was not confirmed.';

/**
 * `nothing`: no reboot was awaited, it has not come yet, or somebody else takes care. `gone-back`: the node was not healthy and the
 * set-up was taken back; the node was started again where nobody could have reached it.
 */
export type AutoAnswer = 'nothing' | 'confirmed' | 'gone-back' | 'failed';

/** What the unit does after the reboot of a set-up: waits until the node is healthy, at most `limitMs`, then confirms, or goes back once. */
export async function confirmAuto(
  context: Context,
  options: { readonly hookStub: string; readonly limitMs?: number },
): Promise<AutoAnswer> {
  const { clock, log } = context;
  const world = await setupWorld(context);
  if (!world.ok) return said(context, world.problem);
  const { pending, bootId, facts } = world.value;
  if (pending === null || bootId === null || pending.bootId === null || pending.bootId === bootId) return 'nothing';
  // Another boot than the trial's is the node as it was before: there is nothing to go back to.
  const isOverTrial = pending.trial !== undefined && !trialRuns(facts, pending);
  const endMs = clock.nowMs() + (options.limitMs ?? CONFIRM_LIMIT_MS);
  for (;;) {
    const sick = isOverTrial ? [] : await sickness(context, pending);
    if (sick === 'somebody-else') {
      log.info('The set-up was confirmed or changed by somebody else meanwhile.');
      return 'nothing';
    }
    const isOver = clock.nowMs() >= endMs;
    if (sick.length === 0) {
      if (pending.trial !== undefined && !isOverTrial) {
        log.info('The trial came up well: pveigpu confirm makes it last, another reboot goes back.');
        return 'nothing';
      }
      const says = isOverTrial ? 'The trial is over; it is forgotten.' : 'The node came up as it was set up; this is confirmed.';
      const done = await confirmed(context, says);
      if (done !== 'locked') return done;
      if (isOver) return said(context, { code: 'host.locked', message: LOCKED, hint: 'pveigpu confirm does it by hand.' });
    } else if (isOver) return await goBack(context, pending, sick, options);
    await clock.sleep(POLL_MS);
  }
}

/** What is wrong with the node, a phrase for each; what was wrong before the set-up already does not count. */
async function sickness(context: Context, first: PendingReboot): Promise<readonly string[] | 'somebody-else'> {
  const world = await setupWorld(context);
  if (!world.ok) return [world.problem.message];
  const { pending } = world.value;
  if (pending === null || JSON.stringify(pending) !== JSON.stringify(first)) return 'somebody-else';
  const { expects = [] } = pending;
  const healthy = await healthyChecks(context.host);
  const missing = HEALTH_CHECKS.filter((check) => expects.includes(check) && !healthy.includes(check));
  const wrong = pending.trial === undefined ? notAsSetUp(world.value) : [];
  return [...missing.map((check) => SICKNESS[check]), ...wrong];
}

function notAsSetUp(world: SetupWorld): readonly string[] {
  const wrong = assertSetup(world).assertions.filter(({ answer, id }) => answer === 'no' && id !== 'assert.files');
  return wrong.map(({ text }) => text);
}

/** Confirms as the command does. `locked` when another command works and waiting for it is worth it. */
async function confirmed(context: Context, says: string): Promise<'confirmed' | 'failed' | 'locked'> {
  const done = await carryOutPlan(context, () => planConfirmation(context), UNATTENDED);
  if (!done.ok) return done.problem.code === 'host.locked' ? 'locked' : said(context, done.problem);
  context.log.info(says);
  return 'confirmed';
}

async function goBack(
  context: Context,
  pending: PendingReboot,
  sick: readonly string[],
  options: { readonly hookStub: string },
): Promise<AutoAnswer> {
  const { host, log } = context;
  const what = `The node did not come up well: ${sick.join('; ')}.`;
  if (pending.wayBack === true) {
    log.warn(`${what} The set-up was taken back before this boot already, so nothing more is changed; see pveigpu history.`);
    return 'failed';
  }
  if (pending.trial === undefined) {
    log.warn(`${what} The set-up is taken back.`);
    const back = await takeBack(context, pending, options);
    if (!back.ok) return said(context, back.problem);
  } else log.warn(`${what} It runs a trial.`);
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

function said({ log }: Context, { message, hint }: Problem): 'failed' {
  log.warn(hint === undefined ? message : `${message} ${hint}`);
  return 'failed';
}
