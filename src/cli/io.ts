// SPDX-License-Identifier: AGPL-3.0-or-later
import { fstatSync, readSync, writeSync } from 'node:fs';
import type { Log } from '../ports/clock-log.ts';
import type { LineInput } from './line-input.ts';

/** Where a command prints and asks: the terminal, or the demo and the tests. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether colour may be used on standard output. */
  readonly colour: boolean;
  /** Width of the terminal in columns; 100 where it is none. */
  readonly columns: number;
  /** A yes/no question; false at end of input, and where nobody can answer. */
  confirm(question: string): Promise<boolean>;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  /** The text on standard input, at most so many bytes; undefined where a terminal is. Absent where nothing can be piped in. */
  input?(maxBytes: number): string | undefined;
  /** Who answers questions line by line, where it is not the terminal or what is piped in. */
  lines?(): LineInput;
  /** Set where we run detached already, on behalf of a command that somebody typed. */
  readonly detached?: true;
}

/** What use cases say goes to standard error, so that standard output holds the answer alone. */
export function logOf(io: Pick<Io, 'err'>): Log {
  const say = (line: string) => io.err(`${line}\n`);
  return { info: say, warn: say };
}

const [STDIN, STDOUT, STDERR] = [0, 1, 2];

/**
 * The real terminal. Colour only on a terminal, and never with NO_COLOR. Written without `process.stdout`, whose streams
 * take longer to load than a status takes to read (docs/adr/0010); they are loaded only to ask a terminal for its width.
 */
export function terminalIo(): Io {
  const terminal = isTerminal(STDOUT);
  const { NO_COLOR, TERM, FORCE_COLOR } = process.env;
  return {
    out: (text) => writeAll(STDOUT, text),
    err: (text) => writeAll(STDERR, text),
    colour: FORCE_COLOR === '1' || (terminal && NO_COLOR === undefined && TERM !== 'dumb'),
    columns: (terminal ? process.stdout.columns : undefined) ?? 100,
    interactive: isTerminal(STDIN),
    input: (maxBytes) => (isTerminal(STDIN) ? undefined : readAll(STDIN, maxBytes)),
    confirm: askOnTerminal,
  };
}

/** A character device that is not `/dev/null` and the like; those have major number 1 (Linux devices.txt). */
function isTerminal(fd: number): boolean {
  try {
    const { rdev } = fstatSync(fd);
    return rdev !== 0 && rdev >> 8 !== 1;
  } catch {
    return false;
  }
}

/** Writes a whole text. A reader that went away (`| head`) ends us quietly; a full pipe is waited for. */
function writeAll(fd: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Reads what is piped in, up to a number of bytes; nothing where standard input is closed. */
function readAll(fd: number, maxBytes: number): string {
  const chunks: Uint8Array[] = [];
  const chunk = new Uint8Array(64 * 1024);
  for (let length = 0; length < maxBytes; ) {
    try {
      const got = readSync(fd, chunk, 0, Math.min(chunk.length, maxBytes - length), null);
      if (got === 0) break;
      chunks.push(chunk.slice(0, got));
      length += got;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') break;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function askOnTerminal(question: string): Promise<boolean> {
  if (!isTerminal(STDIN)) return false;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
