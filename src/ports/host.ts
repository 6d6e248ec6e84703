// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Problem, Result } from '../core/problem.ts';

/** The answer to a read. "Absent" (ENOENT, ENOTDIR) and "unreadable" are different answers; neither is thrown. */
export type Read<T> =
  | { readonly kind: 'content'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly errno: string };

export interface ReadOptions {
  /**
   * Read in a child process and give up after this time with errno `ETIMEDOUT`. Needed for attributes whose `show` takes
   * the device lock (`driver_override`, `sriov_numvfs`): such a read can hang in the kernel for ever.
   */
  readonly timeoutMs?: number;
  /** Stop after this many bytes (a config space, a huge log). */
  readonly maxBytes?: number;
}

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'block' | 'char' | 'fifo' | 'socket';
  /** Permission bits only, for example 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Major and minor of a device node. */
  readonly rdev?: { readonly major: number; readonly minor: number };
}

export interface WriteOptions {
  /** Mode of a file that does not exist yet; an existing file keeps its owner and mode. Default 0o644. */
  readonly mode?: number;
}

/** What an in-place write of a sysfs attribute answered: 0 bytes lost, or the errno, or no answer in time. */
export type Poke =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly errno: string }
  | { readonly kind: 'timeout' };

export interface RunOptions {
  readonly stdin?: string;
  /** Default 60 s. The child and its process group are ended when it passes. */
  readonly timeoutMs?: number;
  /** Called with each piece of output as it comes, for progress. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface RunOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A held lock. Releasing twice is harmless. */
export interface HeldLock {
  release(): Promise<void>;
}

/**
 * One machine: the local one, a directory, a capture, the simulator, or a remote node. Everything that pveigpu reads or
 * changes goes through these methods, so the same use case runs unchanged against each. Paths are absolute and use `/`.
 * Nothing here throws for an expected failure.
 */
export interface Host {
  /** For messages: `this node`, `/tmp/tree`, `capture:FILE`, `sim:PROFILE`. */
  readonly label: string;
  /** Whether writes and commands take effect here. False for captures; with `--root DIR` files take effect, commands do not. */
  readonly abilities: { readonly write: boolean; readonly run: boolean; readonly poke: boolean };

  /** The text of a file, decoded as UTF-8. */
  read(path: string, options?: ReadOptions): Promise<Read<string>>;
  readBytes(path: string, options?: ReadOptions): Promise<Read<Uint8Array>>;
  /** The names in a directory, sorted. */
  list(path: string): Promise<Read<readonly string[]>>;
  /** The target of a symbolic link, as stored. */
  readLink(path: string): Promise<Read<string>>;
  /** Follows symbolic links unless `noFollow`. */
  stat(path: string, options?: { readonly noFollow?: boolean }): Promise<Read<FileStat>>;
  /** Free bytes of the file system that holds `path`, for unprivileged use. */
  freeSpace(path: string): Promise<Read<number>>;

  /**
   * Replaces a file as a whole: temporary file beside it, fsync, rename, fsync of the directory. A link at `path` is
   * followed, so the link stays. Parent directories must exist.
   */
  writeAtomic(path: string, content: string | Uint8Array, options?: WriteOptions): Promise<Result<void>>;
  /** Writes a value into an existing attribute in place, in a child with a deadline (default 5 s). */
  poke(path: string, value: string, options?: { readonly timeoutMs?: number }): Promise<Poke>;
  /** Makes a directory and its parents; an existing one is fine. Mode applies to those it makes, default 0o755. */
  mkdir(path: string, options?: { readonly mode?: number }): Promise<Result<void>>;
  /** Removes a file, a link or an empty directory; an absent one is fine. */
  remove(path: string): Promise<Result<void>>;
  /**
   * Takes an exclusive `flock` on a lock file (made if absent, 0600) on the machine itself. Fails with `host.locked` when
   * `timeoutMs` passes. The kernel frees it when the holder dies.
   */
  lock(path: string, options: { readonly timeoutMs: number }): Promise<Result<HeldLock>>;
  /** Runs a program by argument list, never through a shell. A non-zero exit is an answer, not a problem. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<Result<RunOutput, Problem>>;
}
