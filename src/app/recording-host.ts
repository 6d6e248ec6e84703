// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CapturedCommand, CapturedNode, CapturedStat, CaptureEntry } from '../core/capture/capture-entry.ts';
import { textOrBytes } from '../core/capture/capture-of-tree.ts';
import type { FileStat, Host, Read } from '../ports/host.ts';

/** As many links as the kernel follows in one path (include/linux/namei.h MAXSYMLINKS). */
const MAX_LINKS = 40;

/** A Host that remembers what was read through it. */
export interface Recording {
  readonly host: Host;
  /** What was read so far, at the paths where it really is: links on the way are entries of their own. */
  entries(): readonly CaptureEntry[];
}

/** Wraps a machine so that every answer to a read and every command is remembered. Changes pass through unrecorded. */
export function recordingHost(inner: Host): Recording {
  const recorder = new Recorder(inner);
  const host: Host = {
    label: inner.label,
    abilities: inner.abilities,
    async read(path, options) {
      const answer = await host.readBytes(path, options);
      if (answer.kind !== 'content') return answer;
      return { kind: 'content', value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(answer.value) };
    },
    async readBytes(path, options) {
      const answer = await inner.readBytes(path, options);
      await recorder.note(path, true, (at) => fileEntry(at, answer));
      return answer;
    },
    async list(path) {
      const answer = await inner.list(path);
      await recorder.note(path, true, (at) => directoryEntry(at, answer));
      return answer;
    },
    async readLink(path) {
      const answer = await inner.readLink(path);
      await recorder.note(path, false, (at) => linkEntry(at, answer));
      return answer;
    },
    async stat(path, options) {
      const answer = await inner.stat(path, options);
      await recorder.note(path, options?.noFollow !== true, (at) => statEntry(at, answer));
      return answer;
    },
    async freeSpace(path) {
      const answer = await inner.freeSpace(path);
      await recorder.note(path, true, (at) =>
        answer.kind === 'content' ? { kind: 'free', path: at, bytes: answer.value } : fileEntry(at, answer),
      );
      return answer;
    },
    async run(argv, options) {
      const answer = await inner.run(argv, options);
      recorder.command(
        argv,
        answer.ok ? answer.value : { failed: failureOf(answer.problem.code), message: answer.problem.message },
      );
      return answer;
    },
    writeAtomic: (path, content, options) => inner.writeAtomic(path, content, options),
    poke: (path, value, options) => inner.poke(path, value, options),
    mkdir: (path, options) => inner.mkdir(path, options),
    remove: (path) => inner.remove(path),
    lock: (path, options) => inner.lock(path, options),
  };
  return { host, entries: () => recorder.entries() };
}

type Noted = Exclude<CaptureEntry, CapturedCommand> | undefined;

class Recorder {
  readonly #inner: Host;
  readonly #nodes = new Map<string, CapturedNode>();
  readonly #others = new Map<string, CaptureEntry>();
  readonly #links = new Map<string, Promise<Read<string>>>();

  constructor(inner: Host) {
    this.#inner = inner;
  }

  entries(): readonly CaptureEntry[] {
    return [...this.#nodes.values(), ...this.#others.values()];
  }

  command(argv: CapturedCommand['argv'], answer: CapturedCommand['answer']): void {
    this.#others.set(JSON.stringify(argv), { kind: 'command', argv, answer });
  }

  async note(path: string, follow: boolean, entryAt: (path: string) => Noted): Promise<void> {
    if (!path.startsWith('/') || path.includes('\0')) return;
    const real = await this.#realPath(path, follow);
    const entry = real === undefined ? undefined : entryAt(real);
    // ENODATA is what a capture answers of which it knows nothing: as much as no entry says.
    if (entry === undefined || ('unreadable' in entry && entry.unreadable === 'ENODATA')) return;
    if (entry.kind === 'free') this.#others.set(`free ${entry.path}`, entry);
    else this.#merge(entry);
  }

  /** Later answers add to earlier ones; that something was not there never hides what was found there. */
  #merge(entry: CapturedNode): void {
    const old = this.#nodes.get(entry.path);
    if (old === undefined || old.kind === 'absent') this.#nodes.set(entry.path, entry);
    else if (old.kind === entry.kind) this.#nodes.set(entry.path, { ...old, ...entry } as CapturedNode);
    else if (old.kind === 'file' && old.content === undefined && entry.kind !== 'absent') this.#nodes.set(entry.path, entry);
  }

  /** The path without links; what is missing is kept as it stands. Undefined for links that go round in circles. */
  async #realPath(path: string, follow: boolean): Promise<string | undefined> {
    let todo = path.split('/').filter((part) => part !== '' && part !== '.');
    let done: string[] = [];
    for (let links = 0; todo.length > 0; ) {
      const [name = '', ...rest] = todo;
      todo = rest;
      if (name === '..') {
        done = done.slice(0, -1);
        continue;
      }
      const here = `/${[...done, name].join('/')}`;
      const link = follow || todo.length > 0 ? await this.#linkAt(here) : undefined;
      if (link?.kind !== 'content') {
        done = [...done, name];
        continue;
      }
      this.#merge({ kind: 'link', path: here, target: link.value });
      links += 1;
      if (links > MAX_LINKS) return undefined;
      if (link.value.startsWith('/')) done = [];
      todo = [...link.value.split('/').filter((part) => part !== '' && part !== '.'), ...todo];
    }
    return `/${done.join('/')}`;
  }

  #linkAt(path: string): Promise<Read<string>> {
    const known = this.#links.get(path) ?? this.#inner.readLink(path);
    this.#links.set(path, known);
    return known;
  }
}

function fileEntry(path: string, answer: Read<Uint8Array> | Read<number>): CapturedNode {
  if (answer.kind === 'absent') return { kind: 'absent', path };
  if (answer.kind === 'content')
    return typeof answer.value === 'number' ? { kind: 'file', path } : { kind: 'file', path, content: textOrBytes(answer.value) };
  return answer.errno === 'EISDIR' ? { kind: 'directory', path } : { kind: 'file', path, unreadable: answer.errno };
}

function directoryEntry(path: string, answer: Read<readonly string[]>): CapturedNode {
  if (answer.kind === 'absent') return { kind: 'absent', path };
  if (answer.kind === 'content') return { kind: 'directory', path, names: answer.value };
  return { kind: 'directory', path, unreadable: answer.errno };
}

function linkEntry(path: string, answer: Read<string>): CapturedNode {
  if (answer.kind === 'absent') return { kind: 'absent', path };
  if (answer.kind === 'content') return { kind: 'link', path, target: answer.value };
  return answer.errno === 'EINVAL' ? { kind: 'file', path } : { kind: 'file', path, unreadable: answer.errno };
}

function statEntry(path: string, answer: Read<FileStat>): CapturedNode | undefined {
  if (answer.kind === 'absent') return { kind: 'absent', path };
  if (answer.kind === 'unreadable') return { kind: 'file', path, unreadable: answer.errno };
  const { kind, mode, uid, gid, sizeBytes, rdev } = answer.value;
  const stat: CapturedStat = { mode, uid, gid, sizeBytes };
  switch (kind) {
    case 'file':
    case 'directory':
    case 'fifo':
    case 'socket':
      return { kind, path, stat };
    case 'char':
    case 'block':
      return { kind, path, major: rdev?.major ?? 0, minor: rdev?.minor ?? 0, stat };
    case 'symlink':
      // The link itself is noted with its target when the path is walked.
      return undefined;
  }
}

function failureOf(code: string): 'host.run' | 'host.timeout' | 'host.unsupported' {
  return code === 'host.timeout' || code === 'host.unsupported' ? code : 'host.run';
}
