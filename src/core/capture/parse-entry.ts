// SPDX-License-Identifier: AGPL-3.0-or-later
import { fail, ok, type Result } from '../problem.ts';
import type { CapturedCommand, CapturedStat, CaptureEntry } from './capture-entry.ts';
import { type Encoding, parseBody, parseWords } from './capture-text.ts';

/** A header line with the lines below it. `words` holds only the kind. */
export interface Block {
  readonly line: number;
  readonly words: readonly string[];
  readonly header: string;
  readonly body: readonly string[];
}

type Flags = ReadonlyMap<string, string>;
type Parsed = Result<readonly CaptureEntry[], string>;

/** The entries that a block stands for; `previous` is the command that a `stderr` block belongs to. */
export function entryOfBlock(block: Block, previous: CaptureEntry | undefined): Parsed {
  const head = /^-- ([a-z]+)(?: (.*?))??(?: \[([^\]["]*)\])? --$/.exec(block.header);
  const words = head === null ? undefined : parseWords(head[2] ?? '');
  if (head === null || words === undefined) return fail('this header cannot be understood');
  const flags: Flags = new Map((head[3] ?? '').split(' ').map((flag) => splitFlag(flag)));
  const kind = head[1] ?? '';
  if (kind === 'command') return command(words, flags, block);
  if (kind === 'stderr') return stderrOf(previous, flags, block);
  if (kind === 'absent') return paths(block.body, (path) => ({ kind: 'absent', path }));
  const [path, ...more] = words;
  if (path === undefined || !isCleanPath(path)) return fail('the path is not absolute and clean');
  if (kind === 'link') return link(path, more);
  if (more.length > 0) return fail('there is more than one path in this header');
  return node(kind, path, flags, block);
}

function node(kind: string, path: string, flags: Flags, block: Block): Parsed {
  const stat = statOf(flags);
  const withStat = stat === undefined ? {} : { stat };
  const unreadable = flags.get('unreadable');
  const unread = unreadable === undefined ? {} : { unreadable };
  const closed = unreadable !== undefined || flags.has('unread');
  const hasBody = (kind === 'file' || kind === 'directory') && !closed;
  if (!hasBody && block.body.length > 0) return fail('there are lines below it that belong to nothing');
  if (unreadable !== undefined && !/^E[A-Z0-9]{1,20}$/.test(unreadable)) return fail('the error number has no such name');
  switch (kind) {
    case 'file': {
      if (closed) return ok([{ kind, path, ...unread, ...withStat }]);
      const content = bodyOf(flags, block);
      return content === undefined ? fail('the content cannot be decoded') : ok([{ kind, path, content, ...withStat }]);
    }
    case 'directory': {
      if (closed) return ok([{ kind, path, ...unread, ...withStat }]);
      const names = namesOf(block.body);
      return names === undefined
        ? fail('a name in the directory cannot be understood')
        : ok([{ kind, path, names, ...withStat }]);
    }
    case 'char':
    case 'block': {
      const [major, minor] = [numberOf(flags, 'major'), numberOf(flags, 'minor')];
      if (major === undefined || minor === undefined || stat === undefined) return fail('the device has no numbers');
      return ok([{ kind, path, major, minor, stat }]);
    }
    case 'fifo':
    case 'socket':
      return stat === undefined ? fail('its mode is missing') : ok([{ kind, path, stat }]);
    case 'free': {
      const bytes = numberOf(flags, 'bytes');
      return bytes === undefined ? fail('the number of bytes is missing') : ok([{ kind, path, bytes }]);
    }
    default:
      return fail(`there is no entry of the kind "${kind}"`);
  }
}

function link(path: string, [arrow, target, ...more]: readonly string[]): Parsed {
  if (arrow !== '->' || target === undefined || target.includes('\0') || more.length > 0) return fail('the link has no target');
  return ok([{ kind: 'link', path, target }]);
}

function command([program, ...args]: readonly string[], flags: Flags, block: Block): Parsed {
  const text = bodyOf(flags, block);
  if (program === undefined || typeof text !== 'string') return fail('the command cannot be understood');
  const argv: CapturedCommand['argv'] = [program, ...args];
  const failed = flags.get('failed');
  if (failed === 'host.run' || failed === 'host.timeout' || failed === 'host.unsupported') {
    return ok([{ kind: 'command', argv, answer: { failed, message: text } }]);
  }
  const exitCode = numberOf(flags, 'exit');
  if (exitCode === undefined) return fail('the command has no exit code');
  return ok([{ kind: 'command', argv, answer: { exitCode, stdout: text, stderr: '' } }]);
}

function stderrOf(previous: CaptureEntry | undefined, flags: Flags, block: Block): Parsed {
  const stderr = bodyOf(flags, block);
  if (previous?.kind !== 'command' || 'failed' in previous.answer || typeof stderr !== 'string')
    return fail('this stderr follows no command');
  return ok([{ ...previous, answer: { ...previous.answer, stderr } }]);
}

function bodyOf(flags: Flags, block: Block): string | Uint8Array | undefined {
  const encoding = (['text-no-newline', 'json', 'base64'] as const).find((name) => flags.has(name)) ?? 'text';
  return parseBody({ encoding: encoding satisfies Encoding, lines: block.body });
}

function paths(lines: readonly string[], make: (path: string) => CaptureEntry): Parsed {
  const found = lines.map((line) => parseWords(line));
  const entries: CaptureEntry[] = [];
  for (const words of found) {
    const path = words?.[0];
    if (path === undefined || words?.length !== 1 || !isCleanPath(path)) return fail('a path below is not absolute and clean');
    entries.push(make(path));
  }
  return ok(entries);
}

function namesOf(lines: readonly string[]): readonly string[] | undefined {
  const names: string[] = [];
  for (const line of lines) {
    const words = parseWords(line);
    const name = words?.[0];
    if (name === undefined || words?.length !== 1 || !/^[^/\0]+$/.test(name) || name === '.' || name === '..') return undefined;
    names.push(name);
  }
  return names;
}

function statOf(flags: Flags): CapturedStat | undefined {
  const mode = flags.get('mode');
  const [uid, gid, sizeBytes] = [numberOf(flags, 'uid'), numberOf(flags, 'gid'), numberOf(flags, 'size')];
  if (mode === undefined || !/^0[0-7]{1,4}$/.test(mode) || uid === undefined || gid === undefined || sizeBytes === undefined)
    return undefined;
  return { mode: Number.parseInt(mode, 8), uid, gid, sizeBytes };
}

function numberOf(flags: Flags, name: string): number | undefined {
  const text = flags.get(name) ?? '';
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

function splitFlag(flag: string): [string, string] {
  const at = flag.indexOf('=');
  return at < 0 ? [flag, ''] : [flag.slice(0, at), flag.slice(at + 1)];
}

/** Absolute, without empty parts, `.`, `..` and NUL, so that each path is written in one way only. */
function isCleanPath(path: string): boolean {
  if (path === '/') return true;
  const [first, ...parts] = path.split('/');
  return first === '' && !path.includes('\0') && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}
