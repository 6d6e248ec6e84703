// SPDX-License-Identifier: AGPL-3.0-or-later
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import type { FileStat, Read } from '../ports/host.ts';
import { errnoOf } from './errno.ts';

/**
 * Reads are synchronous on purpose: attributes of sysfs and procfs answer in microseconds, where the thread pool of
 * node's asynchronous calls costs more than the read, and the start-up time of a command is budgeted.
 */

/** Larger files are not what pveigpu reads; a runaway (a sparse file, an endless device) must not eat the memory. */
const LIMIT_BYTES = 256 * 1024 * 1024;

/** A pipe that nobody writes must not hang us, and a terminal must not become ours. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

const scratch = new Uint8Array(64 * 1024);

/** The bytes of a file until its end: files of procfs and sysfs report sizes of 0 or 4096 that say nothing. */
export function readFileNow(path: string, maxBytes: number = LIMIT_BYTES + 1): Read<Uint8Array> {
  let fd: number;
  try {
    fd = openSync(path, FLAGS);
  } catch (error) {
    return failed(error);
  }
  try {
    const bytes = readToEnd(fd, maxBytes);
    return bytes.length > LIMIT_BYTES ? { kind: 'unreadable', errno: 'EFBIG' } : { kind: 'content', value: bytes };
  } catch (error) {
    return failed(error);
  } finally {
    closeSync(fd);
  }
}

function readToEnd(fd: number, maxBytes: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let total = 0;
  while (total < maxBytes) {
    const count = readSync(fd, scratch, 0, Math.min(scratch.length, maxBytes - total), null);
    if (count === 0) break;
    pieces.push(scratch.slice(0, count));
    total += count;
  }
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0];
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

export function listNow(path: string): Read<readonly string[]> {
  return attempt(() => readdirSync(path).sort());
}

export function readLinkNow(path: string): Read<string> {
  return attempt(() => readlinkSync(path));
}

export function statNow(path: string, noFollow: boolean): Read<FileStat> {
  return attempt(() => toFileStat(noFollow ? lstatSync(path) : statSync(path)));
}

/** Bytes that an unprivileged process may still write there. */
export function freeSpaceNow(path: string): Read<number> {
  return attempt(() => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  });
}

function toFileStat(stat: Stats): FileStat {
  const kind = kindOf(stat);
  return {
    kind,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    sizeBytes: stat.size,
    ...(kind === 'char' || kind === 'block' ? { rdev: deviceNumbers(stat.rdev) } : {}),
  };
}

function kindOf(stat: Stats): FileStat['kind'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isBlockDevice()) return 'block';
  if (stat.isCharacterDevice()) return 'char';
  return stat.isFIFO() ? 'fifo' : 'socket';
}

/** Takes a device number apart as glibc's makedev put it together (sysdeps/unix/sysv/linux/makedev.c, low 32 bits). */
function deviceNumbers(rdev: number): { readonly major: number; readonly minor: number } {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}

function attempt<T>(read: () => T): Read<T> {
  try {
    return { kind: 'content', value: read() };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly errno: string } {
  return readAnswer(errnoOf(error));
}

/** ENOENT and ENOTDIR mean that there is nothing at the path; every other errno that something could not be read. */
export function readAnswer(errno: string): { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly errno: string } {
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', errno };
}
