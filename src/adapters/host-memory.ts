// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileTree } from '../core/files/file-tree.ts';
import { problem, type Result } from '../core/problem.ts';
import type { FileStat, HeldLock, Host, Poke, Read, ReadOptions, RunOptions, RunOutput, WriteOptions } from '../ports/host.ts';
import { lockedFailure, writeFailure } from './host-failure.ts';
import { takeTurn } from './memory-lock.ts';
import { look, treeBytes, treeLink, treeList, treeStat } from './tree-access.ts';

export type MemoryOperation =
  | 'read'
  | 'list'
  | 'readLink'
  | 'stat'
  | 'freeSpace'
  | 'write'
  | 'poke'
  | 'mkdir'
  | 'remove'
  | 'lock';

/** What a program answers: fixed, or worked out from its arguments. */
export type MemoryProgram = RunOutput | ((argv: readonly string[], options: RunOptions) => RunOutput | Promise<RunOutput>);

export interface MemoryOptions {
  readonly label?: string;
  readonly freeBytes?: number;
  /** By the whole command line joined by blanks, or by the program's name alone. */
  readonly programs?: { readonly [command: string]: MemoryProgram };
  /**
   * Called before each access. It may change the tree (a directory that vanishes), or answer an errno with which the
   * access then fails; `HANG` makes a poke or a timed read run into its deadline.
   */
  readonly onAccess?: (operation: MemoryOperation, path: string) => string | undefined;
}

/** A machine that is only a tree of files in memory, with failures on demand. For tests. */
export function memoryHost(tree: FileTree = new FileTree(), options: MemoryOptions = {}): Host {
  return new MemoryHost(tree, options);
}

class MemoryHost implements Host {
  readonly label: string;
  readonly abilities = { write: true, run: true, poke: true };
  readonly #tree: FileTree;
  readonly #options: MemoryOptions;

  constructor(tree: FileTree, options: MemoryOptions) {
    this.label = options.label ?? 'memory';
    this.#tree = tree;
    this.#options = options;
  }

  async read(path: string, options: ReadOptions = {}): Promise<Read<string>> {
    const answer = await this.readBytes(path, options);
    return answer.kind === 'content' ? { kind: 'content', value: decoder.decode(answer.value) } : answer;
  }

  async readBytes(path: string, options: ReadOptions = {}): Promise<Read<Uint8Array>> {
    return this.#failed('read', path) ?? treeBytes(this.#tree, path, options.maxBytes);
  }

  async list(path: string): Promise<Read<readonly string[]>> {
    return this.#failed('list', path) ?? treeList(this.#tree, path);
  }

  async readLink(path: string): Promise<Read<string>> {
    return this.#failed('readLink', path) ?? treeLink(this.#tree, path);
  }

  async stat(path: string, options: { readonly noFollow?: boolean } = {}): Promise<Read<FileStat>> {
    return this.#failed('stat', path) ?? treeStat(this.#tree, path, options.noFollow === true);
  }

  async freeSpace(path: string): Promise<Read<number>> {
    const there = this.#failed('freeSpace', path) ?? treeStat(this.#tree, path, false);
    return there.kind === 'content' ? { kind: 'content', value: this.#options.freeBytes ?? 1e10 } : there;
  }

  async writeAtomic(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<Result<void>> {
    const errno = this.#errno('write', path) ?? this.#replace(path, content, options.mode ?? 0o644);
    return errno === undefined ? done : writeFailure('write', path, errno);
  }

  #replace(path: string, content: string | Uint8Array, mode: number): string | undefined {
    const target = this.#target(path);
    if ('errno' in target) return target.errno;
    const old = look(this.#tree, target.path, false);
    if ('errno' in old) this.#tree.setFile(target.path, content, { mode });
    else if (old.node.kind === 'directory') return 'EISDIR';
    else if (old.node.kind !== 'file') return 'EINVAL';
    else this.#tree.set(target.path, { kind: 'file', content, mode: old.node.mode, uid: old.node.uid, gid: old.node.gid });
    return undefined;
  }

  /** Where a write to a path ends up: links followed, the last part possibly not there yet, its directory there. */
  #target(path: string, links = 0): { readonly path: string } | { readonly errno: string } {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const parent = look(this.#tree, path.slice(0, path.lastIndexOf('/')) || '/', true);
    if (!path.startsWith('/')) return { errno: 'EINVAL' };
    if ('errno' in parent) return parent;
    if (parent.node.kind !== 'directory') return { errno: 'ENOTDIR' };
    const node = parent.node.entries.get(name);
    const folder = parent.path === '/' ? '' : parent.path;
    if (node?.kind !== 'symlink') return { path: `${folder}/${name}` };
    if (links === 40) return { errno: 'ELOOP' };
    return this.#target(node.target.startsWith('/') ? node.target : `${folder}/${node.target}`, links + 1);
  }

  async poke(path: string, value: string): Promise<Poke> {
    const errno = this.#errno('poke', path);
    if (errno === 'HANG') return { kind: 'timeout' };
    if (errno !== undefined) return { kind: 'refused', errno };
    const found = look(this.#tree, path, true);
    if ('errno' in found) return { kind: 'refused', errno: found.errno };
    if (found.node.kind === 'fifo') return { kind: 'timeout' };
    if (found.node.kind !== 'file') return { kind: 'refused', errno: found.node.kind === 'directory' ? 'EISDIR' : 'ENXIO' };
    this.#tree.set(found.path, { ...found.node, content: value });
    return { kind: 'done' };
  }

  async mkdir(path: string, options: { readonly mode?: number } = {}): Promise<Result<void>> {
    const errno = this.#errno('mkdir', path) ?? this.#makeDirectories(path, options.mode ?? 0o755);
    return errno === undefined ? done : writeFailure('make', path, errno);
  }

  #makeDirectories(path: string, mode: number): string | undefined {
    const found = look(this.#tree, path, true);
    if ('node' in found) return found.node.kind === 'directory' ? undefined : 'EEXIST';
    if (found.errno !== 'ENOENT') return found.errno;
    this.#tree.setDirectory(path, mode);
    return undefined;
  }

  async remove(path: string): Promise<Result<void>> {
    const errno = this.#errno('remove', path);
    if (errno !== undefined) return writeFailure('remove', path, errno);
    const found = look(this.#tree, path, false);
    if ('errno' in found)
      return found.errno === 'ENOENT' || found.errno === 'ENOTDIR' ? done : writeFailure('remove', path, found.errno);
    if (found.node.kind === 'directory' && found.node.entries.size > 0) return writeFailure('remove', path, 'ENOTEMPTY');
    this.#tree.remove(path);
    return done;
  }

  async lock(path: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<Result<HeldLock>> {
    const errno = this.#errno('lock', path) ?? this.#makeDirectories(path.slice(0, path.lastIndexOf('/')) || '/', 0o700);
    if (errno !== undefined) return writeFailure('lock', path, errno);
    if (look(this.#tree, path, true) !== undefined && this.#tree.get(path) === undefined)
      this.#tree.setFile(path, '', { mode: 0o600 });
    const released = await takeTurn(this.#tree, path, timeoutMs);
    return released === undefined ? lockedFailure(path, timeoutMs) : { ok: true, value: { release: async () => released() } };
  }

  async run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Result<RunOutput>> {
    const program = this.#options.programs?.[argv.join(' ')] ?? this.#options.programs?.[argv[0]];
    if (program === undefined) return problem('host.run', `The program ${argv[0]} is not installed on this machine.`);
    const output = typeof program === 'function' ? await program(argv, options) : program;
    if (output.stdout !== '') options.onOutput?.('stdout', output.stdout);
    if (output.stderr !== '') options.onOutput?.('stderr', output.stderr);
    return { ok: true, value: output };
  }

  #errno(operation: MemoryOperation, path: string): string | undefined {
    return this.#options.onAccess?.(operation, path);
  }

  #failed(operation: MemoryOperation, path: string): { readonly kind: 'unreadable'; readonly errno: string } | undefined {
    const errno = this.#errno(operation, path);
    return errno === undefined ? undefined : { kind: 'unreadable', errno: errno === 'HANG' ? 'ETIMEDOUT' : errno };
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const done: Result<void> = { ok: true, value: undefined };
