// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaptureEntry } from '../../../src/core/capture/capture-entry.ts';
import { parseCapture } from '../../../src/core/capture/parse-capture.ts';
import { printCapture } from '../../../src/core/capture/print-capture.ts';

const stat = fc.record({
  mode: fc.nat(0o7777),
  uid: fc.nat(70000),
  gid: fc.nat(70000),
  sizeBytes: fc.nat(1e9),
});
const name = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom('0000:00:02.0', '-- file', '->', '--', '[unread]', '"', 'a b', '\n', '-- end --', '\\-- x', 'x]'),
  )
  .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');
const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('-- end --', '-- file /x --', '\\-- x', '--', '', '\r', '\ufeff'),
);
const text = fc.oneof(
  fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
  fc.string({ maxLength: 40 }),
);
const errno = fc.constantFrom('EACCES', 'EIO', 'ETIMEDOUT');

/** Entries with distinct clean paths. */
const entries: fc.Arbitrary<CaptureEntry[]> = fc
  .uniqueArray(
    fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
    { maxLength: 8 },
  )
  .chain((paths) => fc.tuple(...paths.map((path) => entryAt(path))))
  .chain((nodes) =>
    fc
      .uniqueArray(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), {
        maxLength: 2,
        selector: (argv) => JSON.stringify(argv),
      })
      .chain((argvs) => fc.tuple(...argvs.map((argv) => commandWith(argv as [string, ...string[]]))))
      .map((commands) => [...nodes, ...commands]),
  );

function entryAt(path: string): fc.Arbitrary<CaptureEntry> {
  const withStat = fc.record({ stat }, { requiredKeys: [] });
  return fc.oneof(
    fc.tuple(text, withStat).map(([content, more]): CaptureEntry => ({ kind: 'file', path, content, ...more })),
    fc
      .tuple(fc.uint8Array({ maxLength: 200 }), withStat)
      .map(([content, more]): CaptureEntry => ({ kind: 'file', path, content: new Uint8Array(content), ...more })),
    withStat.map((more): CaptureEntry => ({ kind: 'file', path, ...more })),
    fc.tuple(errno, withStat).map(([unreadable, more]): CaptureEntry => ({ kind: 'file', path, unreadable, ...more })),
    fc
      .tuple(fc.array(name, { maxLength: 4 }), withStat)
      .map(([names, more]): CaptureEntry => ({ kind: 'directory', path, names, ...more })),
    fc.tuple(errno, withStat).map(([unreadable, more]): CaptureEntry => ({ kind: 'directory', path, unreadable, ...more })),
    fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((target) => !target.includes('\0'))
      .map((target): CaptureEntry => ({ kind: 'link', path, target })),
    fc
      .tuple(fc.nat(4095), fc.nat(1e6), stat)
      .map(([major, minor, stat]): CaptureEntry => ({ kind: 'char', path, major, minor, stat })),
    stat.map((stat): CaptureEntry => ({ kind: 'socket', path, stat })),
    fc.constant<CaptureEntry>({ kind: 'absent', path }),
    fc.nat(1e12).map((bytes): CaptureEntry => ({ kind: 'free', path, bytes })),
  );
}

function commandWith(argv: readonly [string, ...string[]]): fc.Arbitrary<CaptureEntry> {
  return fc.oneof(
    fc
      .record({ exitCode: fc.nat(255), stdout: text, stderr: text })
      .map((answer): CaptureEntry => ({ kind: 'command', argv, answer })),
    text.map((message): CaptureEntry => ({ kind: 'command', argv, answer: { failed: 'host.run', message } })),
  );
}

const order = (list: readonly CaptureEntry[]) =>
  list.map((entry) => JSON.stringify(entry, (_, value) => (value instanceof Uint8Array ? [...value] : value))).sort();

describe('a capture', () => {
  test('comes back from its text, whatever its names and contents', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const printed = printCapture({ entries: list });
        const parsed = parseCapture(printed);
        expect(parsed).toMatchObject({ ok: true });
        if (!parsed.ok) return;
        expect(order(parsed.value.entries)).toEqual(order(list));
        expect(printCapture(parsed.value)).toBe(printed);
      }),
      { numRuns: 400 },
    );
  });

  test('holds nothing that could move a cursor or hide text', () => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(printCapture({ entries: list })).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 200 },
    );
  });

  test('comes back with Windows line ends as well', () => {
    const list: CaptureEntry[] = [
      { kind: 'file', path: '/proc/cmdline', content: 'quiet\n' },
      { kind: 'file', path: '/etc/x', content: 'a\r\nb' },
    ];
    const parsed = parseCapture(printCapture({ entries: list }).replaceAll('\n', '\r\n'));
    expect(parsed.ok && order(parsed.value.entries)).toEqual(order(list));
  });

  test('looks like this', () => {
    const printed = printCapture({
      entries: [
        { kind: 'file', path: '/etc/x', content: 'one\n-- two --\nthree' },
        { kind: 'link', path: '/sys/bus/pci/devices/0000:00:02.0', target: '../../../devices/pci0000:00/0000:00:02.0' },
        { kind: 'directory', path: '/sys/bus/pci/devices', names: ['0000:00:00.0', '0000:00:02.0'] },
        { kind: 'absent', path: '/etc/pve/mapping/pci.cfg' },
        { kind: 'command', argv: ['dmesg'], answer: { exitCode: 1, stdout: '', stderr: 'not permitted\n' } },
        { kind: 'file', path: '/etc/shadow', unreadable: 'EACCES', stat: { mode: 0o640, uid: 0, gid: 42, sizeBytes: 900 } },
      ],
    });
    expect(
      printed.split('\n').slice(3).join('\n'),
    ).toBe(`-- file /etc/shadow [mode=0640 uid=0 gid=42 size=900 unreadable=EACCES] --
-- file /etc/x [text-no-newline] --
one
\\-- two --
three
-- directory /sys/bus/pci/devices --
0000:00:00.0
0000:00:02.0
-- link /sys/bus/pci/devices/0000:00:02.0 -> ../../../devices/pci0000:00/0000:00:02.0 --
-- absent --
/etc/pve/mapping/pci.cfg
-- command dmesg [exit=1] --
-- stderr --
not permitted
-- end --
`);
  });
});

describe('a text that is no capture', () => {
  const good = printCapture({ entries: [{ kind: 'file', path: '/a', content: 'x\n' }] });

  test.each([
    ['', 'line 1'],
    ['something else\n', 'line 1'],
    ['pveigpu capture, format 0\n', 'line 1'],
    [good.replace('-- end --\n', ''), 'too early'],
    [good.slice(0, good.indexOf('x\n')), 'too early'],
    [good.replace('/a', 'a'), 'not absolute'],
    [good.replace('/a', '/a/../etc'), 'not absolute'],
    [good.replace('-- end', '-- folder /b --\n-- end'), 'no entry of the kind'],
    [good.replace('-- end', '-- file /a --\n-- end'), 'twice'],
    [good.replace('/a --', '/a [base64] --').replace('x\n', '*\n'), 'decoded'],
    [good.replace('/a --', '/a [json] --'), 'decoded'],
    [good.replace('/a --', '"/a --'), 'understood'],
    [good.replace('-- end', '-- stderr --\n-- end'), 'follows no command'],
    [good.replace('-- end', '-- command x [exit=9999999999999999999] --\n-- end'), 'exit code'],
    [good.replace('-- end', '-- link /b --\n-- end'), 'no target'],
    [good.replace('-- end', '-- directory /b --\n../x\n-- end'), 'name in the directory'],
  ])('%j is refused', (damaged, words) => {
    const parsed = parseCapture(damaged);
    expect(parsed).toMatchObject({ ok: false, problem: { code: 'format.unreadable', message: expect.stringContaining(words) } });
  });

  test('of a later format says so', () => {
    expect(parseCapture(good.replace('format 1', 'format 2'))).toMatchObject({ ok: false, problem: { code: 'format.newer' } });
  });

  test('is a problem and never thrown, however it is damaged', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(200), fc.string({ unit: 'binary', maxLength: 20 }), (list, at, length, junk) => {
        const printed = printCapture({ entries: list });
        const from = at % printed.length;
        const parsed = parseCapture(printed.slice(0, from) + junk + printed.slice(from + length));
        if (parsed.ok) expect(Array.isArray(parsed.value.entries)).toBe(true);
        else expect(parsed.problem.code).toMatch(/^format\./);
      }),
      { numRuns: 500 },
    );
  });
});
