// SPDX-License-Identifier: AGPL-3.0-or-later
import { realpathSync } from 'node:fs';
import type { Result } from '../core/problem.ts';
import type { FileStat, HeldLock, Host, Poke, Read, ReadOptions, RunOptions, RunOutput, WriteOptions } from '../ports/host.ts';
import { unsupportedRun, writeFailure } from './host-failure.ts';
import { type Resolved, resolveInside } from './local-path.ts';
import { freeSpaceNow, listNow, readAnswer, readFileNow, readLinkNow, statNow } from './local-read.ts';
import { makeDirectories, removeEntry, replaceFile } from './local-write.ts';

const DEFAULT_POKE_MS = 5_000;
const DEFAULT_FILE_MODE = 0o644;

/**
 * The machine that we run on, or with another `root` a directory that looks like one: there absolute links stay inside,
 * files take effect, and commands and sysfs writes do not, because no kernel stands behind them.
 */
export function localHost({ root = '/' }: { readonly root?: string } = {}): Host {
  return root === '/' ? new LocalHost('/', 'this node') : new LocalHost(realRoot(root), root);
}

class LocalHost implements Host {
  readonly label: string;
  readonly abilities: Host['abilities'];
  readonly #root: string;
  readonly #isMachine: boolean;

  constructor(root: string, label: string) {
    this.label = label;
    this.#root = root;
    this.#isMachine = root === '/';
    this.abilities = { write: true, run: this.#isMachine, poke: this.#isMachine };
  }

  async read(path: string, options: ReadOptions = {}): Promise<Read<string>> {
    const answer = await this.readBytes(path, options);
    return answer.kind === 'content' ? { kind: 'content', value: decoder.decode(answer.value) } : answer;
  }

  async readBytes(path: string, options: ReadOptions = {}): Promise<Read<Uint8Array>> {
    const real = this.#resolve(path);
    if ('errno' in real) return readAnswer(real.errno);
    if (options.timeoutMs === undefined || !this.#isMachine) return readFileNow(real.path, options.maxBytes);
    const { readFileWithin } = await import('./local-poke.ts');
    return readFileWithin(real.path, options.timeoutMs, options.maxBytes);
  }

  async list(path: string): Promise<Read<readonly string[]>> {
    const real = this.#resolve(path);
    return 'errno' in real ? readAnswer(real.errno) : listNow(real.path);
  }

  async readLink(path: string): Promise<Read<string>> {
    const real = this.#resolve(path, false);
    return 'errno' in real ? readAnswer(real.errno) : readLinkNow(real.path);
  }

  async stat(path: string, { noFollow = false }: { readonly noFollow?: boolean } = {}): Promise<Read<FileStat>> {
    const real = this.#resolve(path, !noFollow);
    return 'errno' in real ? readAnswer(real.errno) : statNow(real.path, noFollow);
  }

  async freeSpace(path: string): Promise<Read<number>> {
    const real = this.#resolve(path);
    return 'errno' in real ? readAnswer(real.errno) : freeSpaceNow(real.path);
  }

  async writeAtomic(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<Result<void>> {
    const real = resolveInside(this.#root, path, true);
    const errno = 'errno' in real ? real.errno : replaceFile(real.path, content, options.mode ?? DEFAULT_FILE_MODE);
    return errno === null ? done : writeFailure('write', path, errno);
  }

  async poke(path: string, value: string, { timeoutMs = DEFAULT_POKE_MS } = {}): Promise<Poke> {
    if (!this.#isMachine) return { kind: 'refused', errno: 'ENOTSUP' };
    const real = this.#resolve(path);
    if ('errno' in real) return { kind: 'refused', errno: real.errno };
    const { pokeFile } = await import('./local-poke.ts');
    return pokeFile(real.path, value, timeoutMs);
  }

  async mkdir(path: string, { mode = 0o755 } = {}): Promise<Result<void>> {
    const real = resolveInside(this.#root, path, true, true);
    const errno = 'errno' in real ? real.errno : makeDirectories(real.path, mode);
    return errno === null ? done : writeFailure('make', path, errno);
  }

  async remove(path: string): Promise<Result<void>> {
    const real = resolveInside(this.#root, path, false);
    if ('errno' in real) return readAnswer(real.errno).kind === 'absent' ? done : writeFailure('remove', path, real.errno);
    const errno = removeEntry(real.path);
    return errno === null ? done : writeFailure('remove', path, errno);
  }

  async lock(path: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<Result<HeldLock>> {
    const real = resolveInside(this.#root, path, true, true);
    if ('errno' in real) return writeFailure('lock', path, real.errno);
    const { lockFile } = await import('./local-lock.ts');
    return lockFile(real.path, path, timeoutMs);
  }

  async run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Result<RunOutput>> {
    if (!this.#isMachine) return unsupportedRun(this.label, argv);
    const { runProgram } = await import('./local-run.ts');
    return runProgram(argv, options);
  }

  /** On the machine itself the kernel resolves paths; below another root we do. */
  #resolve(path: string, follow = true): Resolved {
    if (!this.#isMachine) return resolveInside(this.#root, path, follow);
    return path.startsWith('/') && !path.includes('\0') ? { path } : { errno: 'EINVAL' };
  }
}

/** A BOM stays, so that what is written back is what was read. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const done: Result<void> = { ok: true, value: undefined };

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}
