// SPDX-License-Identifier: AGPL-3.0-or-later
import { type AppliedInside, applyInside } from '../../app/inside/apply-inside.ts';
import { type OpenedGuest, openInside } from '../../app/inside/open-inside.ts';
import { verifyInside } from '../../app/inside/verify-inside.ts';
import { insideNeeds, openSteps } from '../../core/inside/inside-needs.ts';
import { needsView } from '../../core/inside/needs-view.ts';
import { visible } from '../../core/text/visible.ts';
import { nobodyAnswers, refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { printNeeds, printVerify } from '../guest-text.ts';
import { Failure, printProblem } from '../print-problem.ts';
import { textOf, vmidOf } from '../request.ts';
import { writeCloudInit } from '../write-cloud-init.ts';

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const json = options.json === true;
  const chosen = ['apply', 'verify', 'cloudInit'].filter((name) => options[name] !== undefined);
  if (chosen.length > 1)
    throw new Failure({
      code: 'usage',
      message: '--apply, --verify and --cloud-init exclude each other.',
      hint: 'Give one of them.',
    });
  if (options.apply === true && options.os !== undefined)
    throw new Failure({ code: 'usage', message: '--apply asks the guest itself what it is.', hint: 'Leave out --os.' });
  const request = {
    vmid: vmidOf(call),
    ...textOf(options, 'os', 'os'),
    ...textOf(options, 'kernel', 'kernel'),
    ...textOf(options, 'user', 'user'),
    ...textOf(options, 'sha256', 'sha256'),
  };
  const context = await call.context();
  const opened = await openInside(context, request);
  if (!opened.ok) return refuse(call, opened.problem);
  if (options.verify === true) return await verify(call, opened.value);
  if (options.cloudInit !== undefined) return await writeCloudInit(call, opened.value.inside);
  const view = needsView(opened.value.inside, opened.value.unseen?.message);
  const onlyShows = options.apply !== true || options.dryRun === true;
  if (json && onlyShows) io.out(`${JSON.stringify({ kind: 'guest-needs', ...view }, null, 2)}\n`);
  if (!json) printNeeds(io, view);
  return onlyShows ? EXIT.done : await apply(call, opened.value);
}

async function verify(call: Call, opened: OpenedGuest): Promise<number> {
  const verified = await verifyInside(await call.context(), opened);
  if (!verified.ok) return refuse(call, verified.problem);
  const view = verified.value;
  if (call.options.json === true) call.io.out(`${JSON.stringify({ kind: 'guest-verify', ...view }, null, 2)}\n`);
  else printVerify(call.io, view);
  return { yes: EXIT.done, no: EXIT.failed, unknown: EXIT.notMeasured }[view.works];
}

async function apply(call: Call, { inside, unseen }: OpenedGuest): Promise<number> {
  const { io, options } = call;
  const json = options.json === true;
  const context = await call.context();
  if (unseen !== undefined) return refuse(call, unseen);
  const steps = openSteps(insideNeeds(inside));
  if (steps.length === 0) {
    if (json) printApplied(call, { steps: [], log: null, outcome: 'not-applied' });
    else io.out('There is nothing for pveigpu to do inside this guest.\n');
    return EXIT.done;
  }
  if (options.yes !== true) {
    if (json || !io.interactive) return refuse(call, nobodyAnswers(json));
    if (!(await io.confirm(`Run these commands inside guest ${inside.guest.vmid}?`))) {
      io.err('Nothing was changed.\n');
      return EXIT.failed;
    }
  }
  const onCommand = (line: string) => json || io.out(`${inside.guest.vmid}$ ${visible(line.split('\n')[0] ?? '', 300)}\n`);
  const applied = await applyInside(context, inside, { onCommand });
  if (!applied.ok) return refuse(call, applied.problem);
  const { steps: all, log, stopped } = applied.value;
  if (json)
    printApplied(call, {
      steps: all,
      log,
      outcome: stopped === undefined ? 'applied' : 'failed',
      ...(stopped === undefined ? {} : { problem: stopped }),
    });
  else sayDone(call, applied.value);
  if (stopped === undefined) return EXIT.done;
  return json ? exitCodeOf(stopped.code) : printProblem(io, stopped);
}

function sayDone({ io }: Call, { steps, log, stopped }: AppliedInside): void {
  const done = steps.filter(({ state }) => state === 'done').map(({ id }) => id);
  const open = steps.filter(({ state }) => state !== 'done').map(({ id }) => id);
  if (stopped === undefined) io.out(`Done: ${done.join(', ')}. The log is in ${log}.\n`);
  else io.out(`Done before it stopped: ${done.join(', ') || 'nothing'}. Not done: ${open.join(', ')}. The log is in ${log}.\n`);
}

function printApplied(
  { io }: Call,
  {
    problem,
    ...rest
  }: Omit<AppliedInside, 'stopped' | 'log'> & {
    readonly log: string | null;
    readonly outcome: string;
    readonly problem?: AppliedInside['stopped'];
  },
): void {
  const told =
    problem === undefined
      ? {}
      : { problem: { code: problem.code, message: problem.message, hint: problem.hint, where: problem.where } };
  io.out(`${JSON.stringify({ format: 1, kind: 'guest-apply', ...rest, ...told }, null, 2)}\n`);
}
