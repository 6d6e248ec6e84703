// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOfTables, tableOptions, withoutOwnTables, withTables } from '../../../src/core/acpi/table-options.ts';
import { shellQuote } from '../../../src/core/text/shellwords.ts';

const options = (args: string) => {
  const found = tableOptions(args);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
};
const sizes: { readonly [path: string]: number } = { '/a': 100, '/b': 20, '/with,comma': 3 };
const sum = (args: string) => sumOfTables(options(args), (path) => sizes[path]);

describe('tables in args', () => {
  test('as QEMU takes them', () => {
    expect(options('-acpitable file=/a:/b --acpitable sig=SSDT,rev=2,data=/b -acpitable file=/with,,comma')).toEqual([
      { words: ['-acpitable', 'file=/a:/b'], files: ['/a', '/b'], headerBytes: 0, isOurs: false },
      { words: ['--acpitable', 'sig=SSDT,rev=2,data=/b'], files: ['/b'], headerBytes: 36, isOurs: false },
      { words: ['-acpitable', 'file=/with,,comma'], files: ['/with,comma'], headerBytes: 0, isOurs: false },
    ]);
    expect(sum('-acpitable file=/a:/b -acpitable data=/b -acpitable file=/with,,comma')).toEqual({ bytes: 179 });
    expect(sum('-acpitable file=/a -acpitable file=/none')).toEqual({ unknown: '/none' });
    expect(sum("-name 'x -acpitable file=/none' -m 4")).toEqual({ bytes: 0 });
  });

  test('ours are those in our folders alone', () => {
    const isOurs = (path: string) => options(`-acpitable file=${path}`)[0]?.isOurs;
    expect(isOurs('/var/lib/pveigpu/101/hostpci0-rom.aml')).toBe(true);
    expect(isOurs('/var/lib/pveigpu/999999999/pad-1.aml')).toBe(true);
    for (const path of [
      '/var/lib/pveigpu/x.aml',
      '/var/lib/pveigpu/101/../x.aml',
      '/root/var/lib/pveigpu/101/x.aml',
      '/var/lib/pveigpu/101/a.aml:/b',
    ])
      expect(isOurs(path)).toBe(false);
  });

  test('come behind all else, and go without a trace', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('-acpitable', 'file=/root/b.aml', '-smbios', "it's", 'a b', '-acpitable file=/x'),
    );
    const line = fc
      .array(
        word.filter((text) => !/[\r\n]/.test(text)),
        { maxLength: 6 },
      )
      .map((words) => words.map(shellQuote).join(' '));
    const names = fc.subarray(['hostpci0-rom.aml', 'hostpci0-00.aml', 'pad-0.aml', 'battery.aml']);
    fc.assert(
      fc.property(line, names, names, (before, first, second) => {
        // An option in front takes our first word for its value, as QEMU would.
        fc.pre(!/-[a-z]+$/i.test(before));
        const one = withTables(before, 101, first);
        const two = one.ok ? withTables(one.value, 101, second) : one;
        if (!one.ok || !two.ok) throw new Error('args cannot be split');
        expect(one.value.startsWith(before)).toBe(true);
        expect(options(two.value).filter(({ isOurs }) => isOurs)).toHaveLength(second.length);
        expect(withoutOwnTables(two.value)).toBe(before);
      }),
    );
  });

  test('a line that PVE cannot split stays', () => {
    expect(withTables("-x 'y", 101, []).ok).toBe(false);
    expect(withoutOwnTables("-x 'y")).toBe("-x 'y");
  });
});
