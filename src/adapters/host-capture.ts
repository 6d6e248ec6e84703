// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Capture, CapturedCommand, PresentNode } from '../core/capture/capture-entry.ts';
import { CapturedFiles, type Found, PLAIN_DIRECTORY } from '../core/capture/captured-files.ts';
import { parseCapture } from '../core/capture/parse-capture.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { FileStat, HeldLock, Host, Poke, Read, ReadOptions, RunOutput } from '../ports/host.ts';
import { unsupportedRun } from './host-failure.ts';

/** A captured machine, read-only, from the text of a capture. Fails with `format.unreadable` or `format.newer`. */
export function openCapture(text: string, label: string): Result<Host> {
  const capture = parseCapture(text);
  return capture.ok ? ok(captureHost(capture.value, label)) : capture;
}

/** A captured machine, read-only. */
export function captureHost(capture: Capture, label: string): Host {
  return new CaptureHost(capture, label);
}

/** What a path answers of which the capture says nothing. It is not "absent": nobody looked. */
const NOT_CAPTURED = { kind: 'unreadable', errno: 'ENODATA' } as const;
const ABSENT = { kind: 'absent' } as const;
const encoder = new TextEncoder();

class CaptureHost implements Host {
  readonly label: string;
  readonly abilities = { write: false, run: false, poke: false };
  readonly #files: CapturedFiles;
  readonly #commands: ReadonlyMap<string, CapturedCommand>;

  constructor(capture: Capture, label: string) {
    this.label = label;
    this.#files = new CapturedFiles(capture);
    this.#commands = new Map(
      capture.entries.flatMap((entry) => (entry.kind === 'command' ? [[JSON.stringify(entry.argv), entry] as const] : [])),
    );
  }

  async read(path: string, options: ReadOptions = {}): Promise<Read<string>> {
    const answer = await this.readBytes(path, options);
    return answer.kind === 'content'
      ? { kind: 'content', value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(answer.value) }
      : answer;
  }

  async readBytes(path: string, { maxBytes }: ReadOptions = {}): Promise<Read<Uint8Array>> {
    const found = this.#find(path, true);
    if (found.kind === 'directory') return { kind: 'unreadable', errno: 'EISDIR' };
    if (found.kind !== 'node') return found;
    const { node } = found;
    if (node.kind === 'directory') return { kind: 'unreadable', errno: 'EISDIR' };
    if (node.kind !== 'file') return { kind: 'unreadable', errno: 'ENXIO' };
    if (node.unreadable !== undefined) return { kind: 'unreadable', errno: node.unreadable };
    if (node.content === undefined) return NOT_CAPTURED;
    const bytes = typeof node.content === 'string' ? encoder.encode(node.content) : node.content;
    return { kind: 'content', value: maxBytes === undefined ? bytes : bytes.slice(0, maxBytes) };
  }

  async list(path: string): Promise<Read<readonly string[]>> {
    const found = this.#find(path, true);
    if (found.kind === 'directory') return NOT_CAPTURED;
    if (found.kind !== 'node') return found;
    if (found.node.kind !== 'directory') return ABSENT;
    if (found.node.unreadable !== undefined) return { kind: 'unreadable', errno: found.node.unreadable };
    return found.node.names === undefined ? NOT_CAPTURED : { kind: 'content', value: found.node.names };
  }

  async readLink(path: string): Promise<Read<string>> {
    const found = this.#find(path, false);
    if (found.kind === 'absent' || found.kind === 'unreadable') return found;
    if (found.kind === 'node' && found.node.kind === 'link') return { kind: 'content', value: found.node.target };
    return {
      kind: 'unreadable',
      errno: (found.kind === 'node' && found.node.kind === 'file' && found.node.unreadable) || 'EINVAL',
    };
  }

  async stat(path: string, { noFollow = false }: { readonly noFollow?: boolean } = {}): Promise<Read<FileStat>> {
    const found = this.#find(path, !noFollow);
    if (found.kind === 'directory') return { kind: 'content', value: { kind: 'directory', ...PLAIN_DIRECTORY } };
    return found.kind === 'node' ? { kind: 'content', value: statOf(found.node) } : found;
  }

  async freeSpace(path: string): Promise<Read<number>> {
    const found = this.#find(path, true);
    if (found.kind === 'absent' || found.kind === 'unreadable') return found;
    const bytes = this.#files.freeBytes(found.path);
    return bytes === undefined ? NOT_CAPTURED : { kind: 'content', value: bytes };
  }

  async writeAtomic(path: string): Promise<Result<void>> {
    return this.#readOnly(`${path} cannot be written`);
  }

  async poke(): Promise<Poke> {
    return { kind: 'refused', errno: 'ENOTSUP' };
  }

  async mkdir(path: string): Promise<Result<void>> {
    return this.#readOnly(`${path} cannot be made`);
  }

  async remove(path: string): Promise<Result<void>> {
    return this.#readOnly(`${path} cannot be removed`);
  }

  async lock(path: string): Promise<Result<HeldLock>> {
    return this.#readOnly(`the lock ${path} cannot be taken`);
  }

  /** A recorded command answers what it answered then, whatever its input. */
  async run(argv: readonly [string, ...string[]]): Promise<Result<RunOutput>> {
    const recorded = this.#commands.get(JSON.stringify(argv))?.answer;
    if (recorded === undefined) return unsupportedRun(this.label, argv);
    return 'failed' in recorded ? problem(recorded.failed, recorded.message) : ok(recorded);
  }

  #find(
    path: string,
    follow: boolean,
  ): Exclude<Found, { kind: 'loop' | 'unknown' }> | { readonly kind: 'unreadable'; readonly errno: string } {
    if (!path.startsWith('/') || path.includes('\0')) return { kind: 'unreadable', errno: 'EINVAL' };
    const found = this.#files.find(path, follow);
    if (found.kind === 'loop') return { kind: 'unreadable', errno: 'ELOOP' };
    return found.kind === 'unknown' ? NOT_CAPTURED : found;
  }

  #readOnly(what: string): Result<never> {
    return problem('host.unsupported', `${this.label} is a capture, which is only read: ${what}.`, {
      hint: 'Run it on the machine itself.',
    });
  }
}

function statOf(node: PresentNode): FileStat {
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: it takes this union for another; the return type proves the cases
  switch (node.kind) {
    case 'link':
      return { kind: 'symlink', mode: 0o777, uid: 0, gid: 0, sizeBytes: node.target.length };
    case 'directory':
      return { kind: 'directory', ...(node.stat ?? PLAIN_DIRECTORY) };
    case 'file': {
      const sizeBytes = typeof node.content === 'string' ? encoder.encode(node.content).length : (node.content?.length ?? 0);
      return { kind: 'file', ...(node.stat ?? { mode: 0o644, uid: 0, gid: 0, sizeBytes }) };
    }
    case 'char':
    case 'block':
      return { kind: node.kind, ...node.stat, rdev: { major: node.major, minor: node.minor } };
    case 'fifo':
    case 'socket':
      return { kind: node.kind, ...node.stat };
  }
}
