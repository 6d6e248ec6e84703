// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import type { Result } from '../core/problem.ts';
import type { HeldLock } from '../ports/host.ts';
import { errnoName, errnoOf } from './errno.ts';
import { lockedFailure, writeFailure } from './host-failure.ts';
import { killGroup } from './local-child.ts';
import { makeDirectories } from './local-write.ts';

/**
 * A real flock(2), which node cannot take itself: a child takes and holds it.
 *
 * Invariants: the child waits on its standard input, of which only this process holds the other end (node marks it
 * close-on-exec), so that the lock is free as soon as this process is gone, however it went; the child has a session of
 * its own, so that Ctrl-C in a terminal does not free the lock before we are done.
 */

/** 66 is O_RDWR|O_CREAT, 2 is LOCK_EX: waiting in the kernel keeps the order of those who wait. */
const HOLD =
  'sub fail { print "E", $!+0; exit } $| = 1; sysopen(F, $ARGV[0], 66, 0600) or fail; flock(F, 2) or fail; print "L"; sysread(STDIN, $b, 1)';

/** Takes the lock at `path` (made with mode 0600, its directory with 0700), waiting at most `timeoutMs`. */
export async function lockFile(path: string, shownPath: string, timeoutMs: number): Promise<Result<HeldLock>> {
  const failed = makeDirectories(dirname(path), 0o700);
  if (failed !== null) return writeFailure('lock', shownPath, failed);
  const { spawn } = await import('node:child_process');
  let child: ChildProcess;
  try {
    child = spawn('perl', ['-e', HOLD, '--', path], {
      cwd: '/',
      detached: true,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (error) {
    return writeFailure('lock', shownPath, errnoOf(error));
  }
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answer = await firstAnswer(child, timeoutMs);
  if (answer === 'L') {
    setReferenced(child, false);
    return { ok: true, value: { release: () => release(child, ended) } };
  }
  killGroup(child, 'SIGKILL');
  for (const stream of [child.stdin, child.stdout]) stream?.destroy();
  child.unref();
  if (answer === 'timeout') return lockedFailure(shownPath, timeoutMs);
  return writeFailure('lock', shownPath, answer);
}

/** `L` for locked, `timeout`, or an errno name. */
function firstAnswer(child: ChildProcess, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('timeout'), timeoutMs);
    const settle = (answer: string) => {
      clearTimeout(timer);
      resolve(answer);
    };
    let heard = '';
    child.stdout?.on('data', (bytes: Uint8Array) => {
      heard += new TextDecoder().decode(bytes);
      if (heard === 'L') settle('L');
    });
    child.once('close', () => settle(heard.startsWith('E') ? errnoName(Number(heard.slice(1))) : 'ENOLCK'));
    child.once('error', (error) => settle(errnoOf(error) === 'ENOENT' ? 'ENOLCK' : errnoOf(error)));
  });
}

async function release(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  setReferenced(child, true);
  child.stdin?.end();
  await ended;
  child.stdout?.destroy();
}

/** A lock that somebody forgot to release must not keep the process alive: the lock ends with it. */
function setReferenced(child: ChildProcess, referenced: boolean): void {
  const word = referenced ? 'ref' : 'unref';
  child[word]();
  for (const stream of [child.stdin, child.stdout]) {
    if (stream !== null && word in stream) (stream as unknown as { ref(): void; unref(): void })[word]();
  }
}
