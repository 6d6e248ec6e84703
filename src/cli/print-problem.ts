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

/** Prints a problem the way every command does, and answers its exit code. */
export function printProblem(io: Io, problem: Problem): number {
  const where = problem.where === undefined || problem.message.includes(problem.where) ? '' : ` (${visible(problem.where)})`;
  io.err(`${paint(io, 'bad', 'pveigpu:')} ${visible(problem.message)}${where}\n`);
  if (problem.hint !== undefined) io.err(`         ${visible(problem.hint)}\n`);
  return exitCodeOf(problem.code);
}

/** Prints whatever was thrown: a {@link Failure} as a problem, everything else as a fault of ours, with where it arose. */
export function printFailure(io: Io, error: unknown): number {
  if (error instanceof Failure) return printProblem(io, error.problem);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`pveigpu: this is a fault in pveigpu itself, please report it:\n${text}\n`);
  return EXIT.failed;
}
