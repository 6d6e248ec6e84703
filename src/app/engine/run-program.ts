// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { RunOutput } from '../../ports/host.ts';
import type { EngineContext } from './executor.ts';

/** How much of what a program said stands in a message. */
const SAID_CHARACTERS = 300;

/** Lines of apt, dpkg and initramfs-tools that name the cause, most telling first. */
const TELLING: readonly RegExp[] = [/^E: /, /^dpkg: error/, /error/i, /fail/i, /\S/];

/**
 * Runs a program of the machine, its output shown as it comes; `host.run` with its most telling line when it fails. `aim` says
 * what it was to do, as a clause: `build the initramfs`.
 */
export async function runProgram(
  { host, onOutput }: EngineContext,
  argv: readonly [string, ...string[]],
  { timeoutMs, aim }: { readonly timeoutMs: number; readonly aim: string },
): Promise<Result<RunOutput>> {
  const ran = await host.run(argv, { timeoutMs, ...(onOutput === undefined ? {} : { onOutput }) });
  if (!ran.ok || ran.value.exitCode === 0) return ran;
  const { exitCode, stdout, stderr } = ran.value;
  const said = tellingLine(`${stderr}\n${stdout}`);
  return problem('host.run', `${programOf(argv)} could not ${aim} (exit ${exitCode})${said === '' ? '.' : `: ${said}`}`, {
    where: argv.join(' '),
  });
}

/** The line of a failed program's output that tells most, with nothing hostile in it; empty when it said nothing. */
export function tellingLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const found = TELLING.map((pattern) => lines.filter((line) => pattern.test(line)).at(-1)).find((line) => line !== undefined);
  return visible((found ?? '').trim(), SAID_CHARACTERS);
}

/** The program behind `env NAME=VALUE`. */
function programOf(argv: readonly string[]): string {
  const [first = ''] = argv;
  return first === 'env' ? (argv.slice(1).find((word) => !word.includes('=')) ?? first) : first;
}
