// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import { applyPlan } from '../app/engine/apply-plan.ts';
import { recover } from '../app/engine/recover.ts';
import { shownPlan } from '../app/shown-plan.ts';
import type { ActionName, Plan, Remark } from '../core/plan/action.ts';
import { blockerOf } from '../core/plan/blocker.ts';
import type { PlanDiff } from '../core/plan/diff-plan.ts';
import type { Problem, Result } from '../core/problem.ts';
import { agreedDigest } from '../main/plan-digest.ts';
import type { Call } from './command.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { planJson, planText, type ShownPlan } from './plan-text.ts';
import { printProblem } from './print-problem.ts';
import { progressOf } from './progress.ts';
import { paint } from './style.ts';

/** A use case that only plans; called again when its first plan leaves something to plan. */
export type Planner = (context: Context) => Promise<Result<Plan>>;

/**
 * Takes over once the plan has been agreed on (the text that was shown); answers the exit code, or null when it cannot
 * and the work is to be done here.
 */
export type HandOver = (agreed: string) => Promise<number | null>;

/** Actions during which nobody wants to wait without a word. */
const LONG: ReadonlySet<ActionName> = new Set<ActionName>([
  'run',
  'refreshBoot',
  'updateInitramfs',
  'installPackage',
  'removePackage',
  'pinKernel',
]);

/** One round for each guest that gives something back, and some more; a plan that comes again in the next round goes in circles. */
const MOST_ROUNDS = 1000;

/**
 * What every writing command does: plans, shows diff and remarks, asks once, applies, says what happened. `--dry-run` stops
 * after showing, `--yes` does not ask, `--force` goes on in spite of what can be overridden.
 */
export async function carryOut(call: Call, planner: Planner, handOver?: HandOver): Promise<number> {
  const { io, options } = call;
  const json = options.json === true;
  const force = options.force === true;
  const context = await call.context();
  if (!context.host.abilities.write && options.dryRun !== true) return refuse(call, onlyRead(context.host.label));
  const shown: ShownPlan[] = [];
  const finish = (outcome: 'applied' | 'not-applied' | 'refused', code: number) => {
    if (json) io.out(`${JSON.stringify(planJson(shown, outcome), null, 2)}\n`);
    return code;
  };
  const writes = options.dryRun !== true && (options.yes === true || (io.interactive && !json));
  if (writes && context.host.abilities.write) {
    // A plan made on what a broken run left half-done would not fit any more once that is taken back.
    const recovered = await recover(context);
    if (!recovered.ok && !force) return refuse(call, recovered.problem);
  }
  let last = '';
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const planned = await planner(context);
    if (!planned.ok) return refuse(call, planned.problem);
    const plan = planned.value;
    const digest = agreedDigest(plan, round === 0 && typeof options.expect === 'string' ? options.expect : undefined);
    if (!digest.ok) return refuse(call, digest.problem);
    const work = JSON.stringify([plan.steps, plan.desired ?? null]);
    if (round > 0 && plan.steps.length > 0 && work === last) break;
    // What is only to be remembered needs no question, and what follows it may have steps.
    const isMore = plan.steps.length > 0 || (plan.then !== undefined && plan.desired !== undefined && work !== last);
    last = work;
    const diff = await shownPlan(context.host, plan);
    const news = withoutRepeats(diff, shown);
    if (!json && (shown.length === 0 || news.changes.length + news.remarks.length > 0)) io.out(planText(io, news));
    shown.push({ digest: digest.value, ...diff });
    const blocker = blockerOf(plan, force);
    if (blocker !== undefined) return finish('refused', refuseFor(call, blocker, round > 0));
    if (options.dryRun === true || !isMore) {
      // Nothing to change, but what was asked for is remembered.
      const noted = options.dryRun === true ? undefined : await noteWish(context, plan);
      if (noted !== undefined) return refuse(call, noted);
      return finish(round === 0 ? 'not-applied' : 'applied', EXIT.done);
    }
    if (round === 0 && options.yes !== true) {
      if (json || !io.interactive) return refuse(call, nobodyAnswers(json));
      if (!(await agreed(io))) return EXIT.failed;
    }
    if (round === 0) {
      const taken = await handOver?.(planText({ ...io, colour: false }, diff));
      if (taken !== undefined && taken !== null) return taken;
    }
    const isLong = !json && plan.steps.some(({ action }) => LONG.has(action));
    const progress = isLong ? progressOf(io, context.clock, diff.changes) : undefined;
    const applied = await applyPlan(context, plan, { force, ...(progress ?? {}) });
    if (!applied.ok) {
      progress?.showTail();
      return refuse(call, applied.problem);
    }
    if (!json) io.out(`${paint(io, 'good', 'Done')}: ${plan.title}.\n${plan.then === undefined ? '' : '\n'}`);
    if (plan.then === undefined) return finish('applied', EXIT.done);
  }
  return refuse(call, { code: 'plan.failed', message: 'The machine still differs from the plan after it was applied.' });
}

async function noteWish(context: Context, plan: Plan): Promise<Problem | undefined> {
  const noted = plan.desired === undefined ? undefined : await applyPlan(context, plan, { force: true });
  return noted?.ok === false ? noted.problem : undefined;
}

/** Prints an expected failure, as a JSON value with `--json`. */
export function refuse(call: Call, problem: Problem): number {
  return printProblem(call.io, problem, call.options.json === true);
}

/** A plan without what a plan before it has shown already: remarks, and changes that were foreseen exactly so. */
function withoutRepeats(diff: PlanDiff, before: readonly PlanDiff[]): PlanDiff {
  const said = new Set(before.flatMap(({ remarks }) => remarks.map(({ text }) => text)));
  const foreseen = new Set(before.flatMap(({ next }) => next?.changes.map((change) => JSON.stringify(change)) ?? []));
  return {
    ...diff,
    changes: diff.changes.filter((change) => !foreseen.has(JSON.stringify(change))),
    remarks: diff.remarks.filter(({ text }) => !said.has(text)),
  };
}

function onlyRead(label: string): Problem {
  return {
    code: 'host.unsupported',
    message: `${label} is only read, so nothing can be changed there.`,
    hint: 'Run the command on the machine itself.',
  };
}

/** Asks a person. */
async function agreed(io: Io): Promise<boolean> {
  if (await io.confirm('Apply this?')) return true;
  io.err('Nothing was changed.\n');
  return false;
}

/** What is said where nobody can be asked: without a terminal, and with `json`, whose reader is a program. */
export function nobodyAnswers(json: boolean): Problem {
  return {
    code: 'usage',
    message: json ? 'With --json nobody is asked, so nothing was changed.' : 'Nobody is here to confirm, so nothing was changed.',
    hint: 'Give --yes to apply, or --dry-run to look.',
  };
}

function refuseFor(call: Call, blocker: Remark, begun: boolean): number {
  const code = blocker.code ?? 'guest.needs-flag';
  if (call.options.json === true) return exitCodeOf(code);
  const hint = blocker.overridable === true ? 'Give --force to go on all the same.' : undefined;
  return printProblem(call.io, {
    code,
    message: begun ? 'Only the first part was done, for the reason above.' : 'Nothing was changed, for the reason above.',
    ...(hint === undefined ? {} : { hint }),
  });
}
