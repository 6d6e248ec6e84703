// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import type { FileStat, HeldLock, Host, Poke, Read, ReadOptions, RunOptions, RunOutput, WriteOptions } from '../../ports/host.ts';
import { NotInstalled } from '../programs/table.ts';
import { type Faults, writeProblem } from './faults.ts';
import { Locks } from './locks.ts';
import type { NodeInside } from './node-inside.ts';
import { isPath, listDirectory, readFile, readLinkAt, statAt } from './tree-reader.ts';
import { makeDirectory, removeEntry, replaceFile } from './tree-writer.ts';

/** Free bytes of the root file system. */
const FREE_BYTES = 20 * 1024 ** 3;

/** The Host port over a simulated node. */
export class SimulatedHost implements Host {
  readonly label: string;
  readonly abilities = { write: true, run: true, poke: true };
  protected readonly locks = new Locks();
  readonly #inside: NodeInside;
  readonly #faults: Faults;

  constructor(inside: NodeInside, faults: Faults) {
    this.label = `sim:${inside.profile.name}`;
    this.#inside = inside;
    this.#faults = faults;
  }

  async read(path: string, options?: ReadOptions): Promise<Read<string>> {
    const bytes = await this.readBytes(path, options);
    return bytes.kind === 'content'
      ? { kind: 'content', value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.value) }
      : bytes;
  }

  async readBytes(path: string, options: ReadOptions = {}): Promise<Read<Uint8Array>> {
    const errno = this.#before('read', path);
    if (errno !== undefined) return { kind: 'unreadable', errno };
    if (this.#inside.readHangs(path)) {
      // A read without a time limit would hang the product for ever, so a test must see it.
      if (options.timeoutMs === undefined)
        throw new Error(`reading ${path} would hang: a writer in the kernel holds the device lock`);
      return { kind: 'unreadable', errno: 'ETIMEDOUT' };
    }
    return readFile(this.#inside.tree, path, options.maxBytes);
  }

  async list(path: string): Promise<Read<readonly string[]>> {
    const errno = this.#before('list', path);
    return errno === undefined ? listDirectory(this.#inside.tree, path) : { kind: 'unreadable', errno };
  }

  async readLink(path: string): Promise<Read<string>> {
    const errno = this.#before('readLink', path);
    return errno === undefined ? readLinkAt(this.#inside.tree, path) : { kind: 'unreadable', errno };
  }

  async stat(path: string, options: { readonly noFollow?: boolean } = {}): Promise<Read<FileStat>> {
    const errno = this.#before('stat', path);
    return errno === undefined ? statAt(this.#inside.tree, path, options.noFollow !== true) : { kind: 'unreadable', errno };
  }

  async freeSpace(path: string): Promise<Read<number>> {
    const errno = this.#before('freeSpace', path);
    if (errno !== undefined) return { kind: 'unreadable', errno };
    return 'errno' in this.#inside.tree.lookup(path)
      ? { kind: 'absent' }
      : { kind: 'content', value: this.#inside.freeBytes(path) ?? FREE_BYTES };
  }

  async writeAtomic(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<Result<void>> {
    const errno = this.#before('writeAtomic', path) ?? this.#readOnly(path);
    if (errno !== undefined) return writeProblem('write', path, errno);
    const answer = replaceFile(this.#inside.tree, path, content, options.mode ?? 0o644);
    return answer === 'ok' ? ok(undefined) : writeProblem('write', path, answer);
  }

  async poke(path: string, value: string): Promise<Poke> {
    const errno = this.#before('poke', path) ?? (/^\/(sys|proc)\//.test(path) ? undefined : this.#readOnly(path));
    if (errno !== undefined) return { kind: 'refused', errno };
    const answer = this.#inside.write(path, value);
    if (answer === 'ok') return { kind: 'done' };
    return answer === 'HANG' ? { kind: 'timeout' } : { kind: 'refused', errno: answer };
  }

  async mkdir(path: string, options: { readonly mode?: number } = {}): Promise<Result<void>> {
    const errno = this.#before('mkdir', path) ?? this.#readOnly(path);
    const answer = errno ?? makeDirectory(this.#inside.tree, path, options.mode ?? 0o755);
    return answer === 'ok' ? ok(undefined) : writeProblem('mkdir', path, answer);
  }

  async remove(path: string): Promise<Result<void>> {
    const errno = this.#before('remove', path) ?? this.#readOnly(path);
    if (errno !== undefined) return writeProblem('remove', path, errno);
    const answer = removeEntry(this.#inside.tree, path);
    return answer === 'ok' ? ok(undefined) : writeProblem('remove', path, answer);
  }

  async lock(path: string, options: { readonly timeoutMs: number }): Promise<Result<HeldLock>> {
    const errno = this.#before('lock', path) ?? this.#readOnly(path);
    const { tree } = this.#inside;
    const made = errno ?? makeDirectory(tree, path.slice(0, path.lastIndexOf('/')) || '/', 0o700);
    if (made !== 'ok') return writeProblem('lock', path, made);
    if (tree.get(path) === undefined) tree.setFile(path, '', { mode: 0o600 });
    return await this.locks.take(path, options.timeoutMs);
  }

  async run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Result<RunOutput, Problem>> {
    const errno = this.#before('run', argv[0]);
    if (errno !== undefined) return problem('host.run', `${argv[0]} could not be started (${errno}).`, { where: argv[0] });
    try {
      return ok(await this.#inside.run(argv, options));
    } catch (error) {
      if (!(error instanceof NotInstalled)) throw error;
      return problem('host.run', `${argv[0]} could not be started (ENOENT).`, { where: argv[0] });
    }
  }

  #before(operation: string, path: string): string | undefined {
    this.#faults.beforeOperation?.(operation, path);
    return this.#faults.errno?.(operation, path);
  }

  /** Files can't be made in sysfs and proc; pmxcfs refuses every write without quorum. */
  #readOnly(path: string): string | undefined {
    if (!isPath(path)) return 'EINVAL';
    if (/^\/(sys|proc)(\/|$)/.test(path)) return 'EPERM';
    return /^\/etc\/pve(\/|$)/.test(path) && !this.#inside.quorate ? 'EACCES' : undefined;
  }
}
