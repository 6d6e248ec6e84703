// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import { byteLength, type Disks, espFreeBytes, espOf } from '../boot/disks.ts';
import type { ProgramPoint } from './faults.ts';

/** A write found no room. */
export class NoSpace extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`error writing '${path}': No space left on device`);
    this.name = 'NoSpace';
    this.path = path;
  }
}

/**
 * How a program of the simulated node changes files: one call is one system call or a few, and after each of them, and
 * in the middle of every write, the power may go. What it throws there must not be caught by the program.
 */
export class ProgramFiles {
  readonly #disks: Disks;
  readonly #program: string;
  readonly #point: (point: ProgramPoint) => void;

  constructor(disks: Disks, program: string, point: (point: ProgramPoint) => void) {
    this.#disks = disks;
    this.#program = program;
    this.#point = point;
  }

  get tree(): FileTree {
    return this.#disks.root;
  }

  /** Writes over a file in place, as `cp`, `cat >` and `echo >` do: first it is cut to nothing, then it grows. */
  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    const old = this.tree.get(path);
    const owner = old?.kind === 'file' ? { mode: old.mode, uid: old.uid, gid: old.gid } : { mode };
    const half = content.slice(0, Math.floor(content.length / 2));
    this.tree.setFile(path, '', owner);
    const esp = espOf(this.#disks, path);
    const fits = esp === undefined || espFreeBytes(esp) >= byteLength(content);
    this.tree.setFile(path, half, owner);
    this.#pass(path, true);
    if (!fits) throw new NoSpace(path);
    this.tree.setFile(path, content, owner);
    this.#pass(path, false);
  }

  /** rename(2): the new name has the whole file or the old one, never a part. */
  rename(from: string, to: string): void {
    const node = this.tree.get(from);
    if (node === undefined) throw new Error(`cannot rename ${from}: it is not there`);
    this.tree.set(to, node);
    this.tree.remove(from);
    this.#pass(to, false);
  }

  /** A second name for a file, as `ln -f` makes it. */
  link(from: string, to: string): void {
    const node = this.tree.get(from);
    if (node !== undefined) this.tree.set(to, node);
    this.#pass(to, false);
  }

  /** Removes a file or a whole directory; an absent one is fine. */
  remove(path: string): void {
    if ('errno' in this.tree.lookup(path, false)) return;
    this.tree.remove(path);
    this.#pass(path, false);
  }

  makeDirectory(path: string): void {
    this.tree.setDirectory(path);
  }

  #pass(path: string, torn: boolean): void {
    this.#point({ program: this.#program, path, torn });
  }
}
