// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Problem, problem, type Result } from '../core/problem.ts';
import type { RunOptions, RunOutput } from '../ports/host.ts';
import { runChild } from './local-child.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
/** Time for a program to clean up after itself (temporary files, locks) before it is killed. */
const GRACE_MS = 1_000;
/** Nothing that pveigpu runs prints a tenth of this. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a program of this machine in the C locale. Fails with `host.run` or `host.timeout`; a non-zero exit is an answer. */
export async function runProgram(
  argv: readonly [string, ...string[]],
  options: RunOptions = {},
): Promise<Result<RunOutput, Problem>> {
  const output = { stdout: collector(), stderr: collector() };
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const end = await runChild({
    argv,
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    env: { ...process.env, LC_ALL: 'C', PATH: withSystemFolders(process.env.PATH) },
    timeoutMs,
    graceMs: GRACE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    onOutput: (stream, bytes) => {
      const text = output[stream].add(bytes);
      if (text !== '') options.onOutput?.(stream, text);
    },
  });
  switch (end.kind) {
    case 'exited':
      return { ok: true, value: { exitCode: end.exitCode, stdout: output.stdout.text(), stderr: output.stderr.text() } };
    case 'timeout':
      return problem('host.timeout', `${argv[0]} did not finish within ${timeoutMs} ms and was ended.`, {
        hint: 'Run the command again when the machine is less busy, and look at dmesg if it hangs again.',
        where: argv.join(' '),
      });
    case 'too-much-output':
      return problem('host.run', `${argv[0]} printed more than ${MAX_OUTPUT_BYTES} bytes and was ended.`, {
        where: argv.join(' '),
      });
    case 'not-started':
      return notStarted(argv, end.errno);
  }
}

function notStarted(argv: readonly string[], errno: string): Result<never> {
  const where = argv.join(' ');
  if (errno === 'ENOENT') {
    return problem('host.run', `The program ${argv[0]} is not installed on this machine.`, {
      hint: 'Install the package that has it.',
      where,
    });
  }
  return problem('host.run', `The program ${argv[0]} cannot be started: ${errno}.`, { where });
}

/** `su` without a dash and some services leave out the folders that hold the programs of an administrator. */
function withSystemFolders(path = '/usr/local/bin:/usr/bin:/bin'): string {
  const missing = ['/usr/sbin', '/sbin'].filter((folder) => !path.split(':').includes(folder));
  return [path, ...missing].join(':');
}

function collector(): { add(bytes: Uint8Array): string; text(): string } {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const pieces: string[] = [];
  return {
    add(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      pieces.push(text);
      return text;
    },
    text: () => pieces.join('') + decoder.decode(),
  };
}
