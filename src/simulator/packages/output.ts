// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ProgramAnswer } from '../machine.ts';

/** What a program prints, in the order in which it prints it. */
export class Output {
  #stdout = '';
  #stderr = '';

  /** Prints lines on standard output. */
  say(...lines: readonly string[]): void {
    for (const line of lines) this.#stdout += `${line}\n`;
  }

  /** Prints lines on standard error. */
  complain(...lines: readonly string[]): void {
    for (const line of lines) this.#stderr += `${line}\n`;
  }

  /** Takes in what another program printed, and answers its exit code. */
  take(answer: ProgramAnswer): number {
    this.#stdout += answer.stdout;
    this.#stderr += answer.stderr;
    return answer.exitCode;
  }

  /** Ends the program. */
  exit(exitCode: number): ProgramAnswer {
    return { exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}
