// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Problem } from '../core/problem.ts';
import { visible } from '../core/text/visible.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { paint } from './style.ts';

/** An expected failure that a face lets rise to the top: carries the problem. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Prints a problem the way every command does, and answers its exit code. With `json` it is a value on standard output. */
export function printProblem(io: Io, problem: Problem, json = false): number {
  if (json) {
    const { code, message, hint, where } = problem;
    io.out(`${JSON.stringify({ format: 1, kind: 'problem', problem: { code, message, hint, where } }, null, 2)}\n`);
    return exitCodeOf(problem.code);
  }
  const where = problem.where === undefined || problem.message.includes(problem.where) ? '' : ` (${visible(problem.where)})`;
  io.err(`${paint(io, 'bad', 'pveigpu:')} ${visible(problem.message)}${where}\n`);
  if (problem.hint !== undefined) io.err(`         ${visible(problem.hint)}\n`);
  return exitCodeOf(problem.code);
}

/** Prints whatever was thrown: a {@link Failure} as a problem, everything else as a fault of ours, with where it arose. */
export function printFailure(io: Io, error: unknown, json = false): number {
  if (error instanceof Failure) return printProblem(io, error.problem, json);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) {
    const message = `This is a fault in pveigpu itself, please report it: ${error instanceof Error ? error.message : text}`;
    io.out(`${JSON.stringify({ format: 1, kind: 'problem', problem: { code: 'fault', message } }, null, 2)}\n`);
  }
  io.err(`pveigpu: this is a fault in pveigpu itself, please report it:\n${text}\n`);
  return EXIT.failed;
}
