// SPDX-License-Identifier: AGPL-3.0-or-later
import type { RunOptions } from '../../ports/host.ts';
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { getOptions, type Parameters, type Synopsis } from './getopt.ts';
import { Hang } from './hang.ts';
import { cliText, Die, EXIT_DIE } from './perl-die.ts';
import { Session } from './session.ts';

/** One command of a PVE program. */
export interface Command extends Synopsis {
  /** The line that PVE prints when an argument is wrong. */
  readonly usage: string;
  /** Runs in a forked worker: both streams come out on standard output, and every failure exits with 255. */
  readonly worker?: boolean;
  readonly run: (session: Session, parameters: Parameters) => Promise<string | undefined>;
}

/** Exit status of a program that had to be killed because it hung in the kernel. */
const EXIT_KILLED = 137;

/** Makes a program out of its commands; `unknown` answers for a command that it does not have. */
export function program(
  commandOf: (
    machine: Machine,
    args: readonly string[],
    options?: RunOptions,
  ) => { readonly command: Command; readonly args: readonly string[] } | Die,
): Program {
  return async (machine, argv, options) => {
    const session = new Session(machine, 'cli');
    const found = commandOf(machine, argv.slice(1), options);
    if (found instanceof Die) return answer(session, found.exitCode, found.text);
    const { command, args } = found;
    try {
      const parameters = getOptions(command, args, session.warn);
      const text =
        command.worker === true ? await inWorker(session, command, parameters) : await command.run(session, parameters);
      session.output.print(text ?? '');
      return answer(session, 0);
    } catch (error) {
      if (error instanceof Hang) return answer(session, EXIT_KILLED, `killed: ${error.message}\n`);
      if (!(error instanceof Die)) throw error;
      const usage = error.text.startsWith('400 ') ? `${command.usage}\n` : '';
      return answer(session, error.exitCode, `${cliText(error, command.usage)}${usage}`);
    }
  };
}

/** Checks a call against the schema alone, without running it: PVE's refusal, or undefined when it would be taken. */
export function refusal(
  command: Command,
  args: readonly string[],
): { readonly exitCode: number; readonly stderr: string } | undefined {
  let stderr = '';
  try {
    getOptions(command, args, (text) => {
      stderr += text;
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof Die)) throw error;
    const usage = error.text.startsWith('400 ') ? `${command.usage}\n` : '';
    return { exitCode: error.exitCode, stderr: `${stderr}${cliText(error, command.usage)}${usage}` };
  }
}

async function inWorker(session: Session, command: Command, parameters: Parameters): Promise<string | undefined> {
  const worker = session.fork();
  try {
    return await command.run(worker, parameters);
  } catch (error) {
    if (!(error instanceof Die)) throw error;
    throw new Die(`${workerStatus(error)}\n`, { exitCode: EXIT_DIE });
  } finally {
    session.output.print(worker.output.both);
  }
}

/** The status of a task that died: its message on one line (PVE::RESTEnvironment). */
export function workerStatus(error: Die): string {
  return error.text.replace(/\n$/, '').replaceAll('\n', ' ');
}

function answer(session: Session, exitCode: number, message = ''): ProgramAnswer {
  session.output.warn(message);
  const { out, err } = session.output;
  return { exitCode, stdout: out, stderr: err };
}
