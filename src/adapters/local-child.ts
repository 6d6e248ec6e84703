// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { errnoOf } from './errno.ts';

/** How a child process ended. */
export type ChildEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-much-output' }
  | { readonly kind: 'not-started'; readonly errno: string };

export interface ChildTask {
  readonly argv: readonly [string, ...string[]];
  readonly stdin?: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly timeoutMs: number;
  /** Between SIGTERM and SIGKILL at the time limit; 0 goes straight to SIGKILL. */
  readonly graceMs: number;
  readonly maxOutputBytes: number;
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

/** How long a finished child's pipes may stay open because a daemon that it started has inherited them. */
const DRAIN_MS = 300;

/**
 * Runs a child in its own process group until it ends or its time is up.
 *
 * Invariants: the promise is always settled, also when the child hangs in the kernel where no signal reaches it; after
 * that no pipe to it is open and it does not keep this process alive; it never inherits our own input and output.
 */
export async function runChild(task: ChildTask): Promise<ChildEnd> {
  // Loaded on first use: it costs a tenth of node's start-up, and most commands start no child.
  const { spawn } = await import('node:child_process');
  const [program, ...args] = task.argv;
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: task.env,
      stdio: [task.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    return { kind: 'not-started', errno: errnoOf(error) };
  }
  const end = await watch(child, task);
  letGo(child);
  return end;
}

function watch(child: ChildProcess, task: ChildTask): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    const settle = (end: ChildEnd) => {
      for (const timer of timers) clearTimeout(timer);
      resolve(end);
    };
    const stop = (end: ChildEnd) => {
      if (task.graceMs > 0) killGroup(child, 'SIGTERM');
      timers.push(
        setTimeout(() => {
          killGroup(child, 'SIGKILL');
          settle(end);
        }, task.graceMs),
      );
      child.removeAllListeners('exit');
      child.removeAllListeners('close');
      child.once('exit', () => {
        killGroup(child, 'SIGKILL');
        settle(end);
      });
    };
    child.once('error', (error) => settle({ kind: 'not-started', errno: errnoOf(error) }));
    child.once('exit', (code, signal) => {
      const end: ChildEnd = { kind: 'exited', exitCode: code ?? 128 + constants.signals[signal ?? 'SIGKILL'] };
      child.once('close', () => settle(end));
      timers.push(setTimeout(() => settle(end), DRAIN_MS));
    });
    timers.push(setTimeout(() => stop({ kind: 'timeout' }), task.timeoutMs));
    let room = task.maxOutputBytes;
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (bytes: Uint8Array) => {
        if (room < 0) return;
        room -= bytes.length;
        if (room < 0) stop({ kind: 'too-much-output' });
        else task.onOutput(stream, bytes);
      });
    }
    // A program that does not read its input closes the pipe early (EPIPE): its exit code tells what it made of that.
    child.stdin?.on('error', () => {});
    child.stdin?.end(task.stdin);
  });
}

function letGo(child: ChildProcess): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  child.removeAllListeners();
  child.on('error', () => {});
  child.unref();
}

/** Signals a child and everything it started in its group; nothing left to signal is fine. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {}
}
