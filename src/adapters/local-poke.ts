// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Poke, Read } from '../ports/host.ts';
import { errnoName } from './errno.ts';
import { type ChildEnd, runChild } from './local-child.ts';
import { readAnswer } from './local-read.ts';

/**
 * Attributes whose reading or writing can hang in the kernel for ever are touched by a child, so that this process keeps
 * running. The child is perl, which is essential on Debian and starts in 2 ms; it answers the error number.
 */

/** One open for writing (1 is O_WRONLY: nothing is made or truncated), one write. 5 is EIO, for a write cut short. */
const WRITE =
  'sub fail { print $_[0]; exit } sysopen(F, $ARGV[0], 1) or fail($!+0); $n = syswrite(F, $ARGV[1]); ' +
  'defined $n or fail($!+0); $n == length $ARGV[1] or fail(5); close F or fail($!+0); print 0';

/** Reads to the end or to a number of bytes; the error number goes to standard error. */
const READ =
  'sub fail { print STDERR $!+0; exit 1 } sysopen(F, $ARGV[0], 0) or fail; for ($left = $ARGV[1]; $left > 0; $left -= $n) { ' +
  '$n = sysread(F, $b, $left < 65536 ? $left : 65536); defined $n or fail; last if !$n; print $b }';

const LIMIT_BYTES = 64 * 1024 * 1024;

/** Writes a value in place into an existing file, at most for `timeoutMs`. */
export async function pokeFile(path: string, value: string, timeoutMs: number): Promise<Poke> {
  const answer = await perl(WRITE, [path, value], timeoutMs);
  if (answer.end.kind === 'timeout') return { kind: 'timeout' };
  if (answer.end.kind === 'not-started') return { kind: 'refused', errno: childErrno(answer.end.errno) };
  if (!/^\d+$/.test(text(answer.stdout))) return { kind: 'refused', errno: 'EIO' };
  const number = Number(text(answer.stdout));
  return number === 0 ? { kind: 'done' } : { kind: 'refused', errno: errnoName(number) };
}

/** Reads a file, at most for `timeoutMs`, after which the answer is `ETIMEDOUT`. */
export async function readFileWithin(path: string, timeoutMs: number, maxBytes: number = LIMIT_BYTES): Promise<Read<Uint8Array>> {
  const answer = await perl(READ, [path, String(maxBytes)], timeoutMs);
  if (answer.end.kind === 'timeout') return { kind: 'unreadable', errno: 'ETIMEDOUT' };
  if (answer.end.kind === 'not-started') return { kind: 'unreadable', errno: childErrno(answer.end.errno) };
  if (answer.end.kind === 'exited' && answer.end.exitCode === 0) return { kind: 'content', value: joined(answer.stdout) };
  const number = Number(text(answer.stderr));
  return readAnswer(Number.isInteger(number) && number > 0 ? errnoName(number) : 'EIO');
}

/** ENOENT would say that the attribute is absent, when it is perl that is. */
function childErrno(errno: string): string {
  return errno === 'ENOENT' ? 'ENOSYS' : errno;
}

async function perl(
  code: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ readonly end: ChildEnd; readonly stdout: readonly Uint8Array[]; readonly stderr: readonly Uint8Array[] }> {
  const output: { readonly stdout: Uint8Array[]; readonly stderr: Uint8Array[] } = { stdout: [], stderr: [] };
  const end = await runChild({
    argv: ['perl', '-e', code, '--', ...args],
    // Nothing of the caller's: PERL5OPT or PERL_UNICODE would change what the child does.
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    timeoutMs,
    graceMs: 0,
    maxOutputBytes: LIMIT_BYTES + 1,
    onOutput: (stream, bytes) => void output[stream].push(bytes),
  });
  return { end, ...output };
}

function text(pieces: readonly Uint8Array[]): string {
  return new TextDecoder().decode(joined(pieces));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
