// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../../core/assign/guest-keys.ts';
import type { InsideOutput } from '../../core/inside/guest-exec.ts';
import type { InsideCase } from '../../core/inside/inside-case.ts';
import { insideNeeds, openSteps } from '../../core/inside/inside-needs.ts';
import { commandLine, type InsideCommand, ownWords } from '../../core/inside/inside-step.ts';
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Context } from '../context.ts';
import { tellingLine } from '../engine/run-program.ts';
import { LOG_DIR } from '../engine/state-paths.ts';
import { runInside } from './run-inside.ts';

/** What became of one step. */
export interface AppliedStep {
  readonly id: string;
  readonly state: 'done' | 'failed' | 'not-begun';
  /** The commands that ran, or would have. */
  readonly commands: readonly string[];
}

/** How it ended: what was done, the log, and why it stopped, where it did. */
export interface AppliedInside {
  readonly steps: readonly AppliedStep[];
  readonly log: string;
  readonly stopped?: Problem;
}

export interface ApplyInsideOptions {
  /** Told each command before it runs, as a shell would take it. */
  readonly onCommand?: (line: string) => void;
}

/** UTF-16 units of the log that are kept of earlier runs. */
const KEPT_LOG = 500_000;
/** Longest name of a command in a sentence; the whole stands beside it. */
const NAME_CHARACTERS = 100;
/** Where the log of a guest is. */
export const insideLog = (vmid: number) => `${LOG_DIR}/guest-${vmid}.log`;

/**
 * Runs the open steps inside a guest, one command after the other, each with a time limit, and logs what they print.
 * Stops at the first that fails; what was done before stays. Fails only where the log cannot be written.
 */
export async function applyInside(
  context: Context,
  inside: InsideCase,
  { onCommand }: ApplyInsideOptions = {},
): Promise<Result<AppliedInside>> {
  const { host } = context;
  const path = insideLog(inside.guest.vmid);
  const made = await host.mkdir(LOG_DIR, { mode: 0o750 });
  if (!made.ok) return made;
  const before = await host.read(path);
  let log = before.kind === 'content' ? before.value.slice(-KEPT_LOG) : '';
  const write = async (text: string) => {
    log += text;
    return await host.writeAtomic(path, log, { mode: 0o640 });
  };
  const begun = await write(`== ${new Date(context.clock.nowMs()).toISOString()} ${guestName(inside.guest)}\n`);
  if (!begun.ok) return begun;
  const steps: AppliedStep[] = [];
  let stopped: Problem | undefined;
  for (const { id, commands } of openSteps(insideNeeds(inside))) {
    const lines = commands.map(commandLine);
    let state: AppliedStep['state'] = stopped === undefined ? 'done' : 'not-begun';
    for (const command of stopped === undefined ? commands : []) {
      onCommand?.(commandLine(command));
      const answer = await runInside(host, inside.guest, command);
      const written = await write(logText(command, answer));
      stopped = failureOf(inside, command, answer) ?? (written.ok ? undefined : written.problem);
      if (stopped === undefined) continue;
      state = 'failed';
      break;
    }
    steps.push({ id, state, commands: lines });
  }
  return ok({ steps, log: path, ...(stopped === undefined ? {} : { stopped }) });
}

function failureOf({ guest }: InsideCase, command: InsideCommand, answer: Result<InsideOutput>): Problem | undefined {
  if (!answer.ok) return answer.problem;
  const { exitCode, stdout, stderr } = answer.value;
  if (exitCode === 0) return undefined;
  const said = tellingLine(`${stderr}\n${stdout}`);
  const failed = problem(
    'guest.command',
    `${visible(ownWords(command).join(' '), NAME_CHARACTERS)} failed in ${guestName(guest)} (exit ${exitCode})${said === '' ? '.' : `: ${said}`}`,
    {
      hint: `What it printed is in ${insideLog(guest.vmid)}.`,
      where: commandLine(command),
    },
  );
  return failed.problem;
}

function logText(command: InsideCommand, answer: Result<InsideOutput>): string {
  const head = `$ ${commandLine(command)}\n`;
  if (!answer.ok) return `${head}! ${answer.problem.message}\n`;
  const { exitCode, stdout, stderr, truncated } = answer.value;
  const lines = `${stdout}${stdout === '' || stdout.endsWith('\n') ? '' : '\n'}${stderr}`
    .split('\n')
    .filter((line) => line !== '');
  const shown = lines.map((line) => `  ${visible(line)}\n`).join('');
  return `${head}${shown}${truncated ? '  (the agent kept only a part)\n' : ''}= exit ${exitCode}\n`;
}
