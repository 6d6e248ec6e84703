// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** What a program of the host answered. */
export interface Executed {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface ExecuteOptions {
  readonly cwd?: string;
  readonly env?: { readonly [name: string]: string };
  readonly input?: string | Buffer;
  /** Both outputs are appended here as well. */
  readonly log?: string;
  /** Exit codes besides 0 that are fine. */
  readonly fine?: readonly number[];
}

/** Runs a program of the host by argument list and throws, with the end of its output, when it fails. */
export async function execute(argv: readonly [string, ...string[]], options: ExecuteOptions = {}): Promise<Executed> {
  const [program, ...rest] = argv;
  if (options.log !== undefined) appendFileSync(options.log, `+ ${argv.join(' ')}\n`);
  const child = spawn(program, rest, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', ...options.env },
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const keep = (list: Buffer[]) => (chunk: Buffer) => {
    list.push(chunk);
    if (options.log !== undefined) appendFileSync(options.log, chunk);
  };
  child.stdout.on('data', keep(out));
  child.stderr.on('data', keep(err));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? (signal === null ? 255 : 128)));
  });
  const answer = { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
  if (code !== 0 && options.fine?.includes(code) !== true) {
    const tail = `${answer.stdout.subarray(-1500).toString()}${answer.stderr.slice(-1500)}`;
    throw new Error(`${program} ended with ${code}${options.log === undefined ? '' : `, see ${options.log}`}\n${tail}`);
  }
  return answer;
}
