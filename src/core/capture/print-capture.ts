// SPDX-License-Identifier: AGPL-3.0-or-later
import { CAPTURE_FORMAT, CAPTURE_TITLE, type Capture, type CapturedStat, type CaptureEntry } from './capture-entry.ts';
import { printBody, printWord } from './capture-text.ts';

const NOTE = [
  '# What pveigpu reads of one machine: raw file texts and command outputs, by an allow-list, with names and numbers',
  '# that could identify somebody replaced. Look through it before you pass it on.',
];

/** Writes a capture as one text: files sorted by path, then what is absent, then commands. */
export function printCapture(capture: Capture): string {
  const absent = capture.entries.flatMap((entry) => (entry.kind === 'absent' ? [entry.path] : [])).sort();
  const commands = capture.entries.filter((entry) => entry.kind === 'command');
  const nodes = capture.entries.filter((entry) => entry.kind !== 'absent' && entry.kind !== 'command').sort(byPath);
  const blocks = [
    `${CAPTURE_TITLE}${CAPTURE_FORMAT}`,
    ...NOTE,
    ...nodes.flatMap(printEntry),
    ...(absent.length === 0 ? [] : [header('absent', [], []), ...absent.map(printWord)]),
    ...commands.flatMap(printEntry),
    header('end', [], []),
  ];
  return `${blocks.join('\n')}\n`;
}

function printEntry(entry: CaptureEntry): string[] {
  switch (entry.kind) {
    case 'file': {
      if (entry.content === undefined)
        return [header('file', [entry.path], [...statFlags(entry.stat), unreadFlag(entry.unreadable)])];
      return withBody('file', [entry.path], statFlags(entry.stat), entry.content);
    }
    case 'directory': {
      const flags = statFlags(entry.stat);
      if (entry.names === undefined) return [header('directory', [entry.path], [...flags, unreadFlag(entry.unreadable)])];
      return [header('directory', [entry.path], flags), ...entry.names.map(printWord)];
    }
    case 'link':
      return [`-- link ${printWord(entry.path)} -> ${printWord(entry.target)} --`];
    case 'char':
    case 'block':
      return [header(entry.kind, [entry.path], [`major=${entry.major}`, `minor=${entry.minor}`, ...statFlags(entry.stat)])];
    case 'fifo':
    case 'socket':
      return [header(entry.kind, [entry.path], statFlags(entry.stat))];
    case 'free':
      return [header('free', [entry.path], [`bytes=${entry.bytes}`])];
    case 'absent':
      return [];
    case 'command': {
      if ('failed' in entry.answer)
        return withBody('command', entry.argv, [`failed=${entry.answer.failed}`], entry.answer.message);
      const { exitCode, stdout, stderr } = entry.answer;
      const output = withBody('command', entry.argv, [`exit=${exitCode}`], stdout);
      return stderr === '' ? output : [...output, ...withBody('stderr', [], [], stderr)];
    }
  }
}

function withBody(kind: string, words: readonly string[], flags: readonly string[], content: string | Uint8Array): string[] {
  const body = printBody(content);
  return [header(kind, words, body.encoding === 'text' ? flags : [...flags, body.encoding]), ...body.lines];
}

function header(kind: string, words: readonly string[], flags: readonly string[]): string {
  const shown = flags.filter((flag) => flag !== '');
  const parts = ['--', kind, ...words.map(printWord), ...(shown.length === 0 ? [] : [`[${shown.join(' ')}]`]), '--'];
  return parts.join(' ');
}

function statFlags(stat: CapturedStat | undefined): string[] {
  if (stat === undefined) return [];
  return [`mode=0${stat.mode.toString(8)}`, `uid=${stat.uid}`, `gid=${stat.gid}`, `size=${stat.sizeBytes}`];
}

function unreadFlag(unreadable: string | undefined): string {
  return unreadable === undefined ? 'unread' : `unreadable=${unreadable}`;
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
