// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLogLine } from '../../../src/core/kernel-log/log-line.ts';
import { lineMatters, relevantLogLines } from '../../../src/core/kernel-log/relevant-lines.ts';

const text = readFileSync(new URL('../../fixtures/kernel-log/lines.txt', import.meta.url), 'utf8');
const [matter = [], doNotMatter = []] = text
  .split('=== do not matter\n')
  .map((part) => part.split('\n').filter((line) => line !== '' && !line.startsWith('#')));

describe('which lines of the kernel log matter', () => {
  test('the fixture holds both kinds', () => {
    expect(matter.length).toBeGreaterThan(60);
    expect(doNotMatter.length).toBeGreaterThan(15);
  });

  test.each(matter)('yes: %s', (line) => {
    expect(lineMatters(line)).toBe(true);
  });

  test.each(doNotMatter)('no: %s', (line) => {
    expect(lineMatters(line)).toBe(false);
  });
});

describe('relevantLogLines', () => {
  const log = Array.from({ length: 50 }, (_, number) => `[ ${number}.0] i915 line ${number}\n[ ${number}.5] usb 1-1: other`).join(
    '\n',
  );

  test('keeps the newest when there are too many, in order', () => {
    expect(relevantLogLines(log, { maxLines: 2, maxLength: 1000 })).toEqual({
      lines: ['[ 48.0] i915 line 48', '[ 49.0] i915 line 49'],
      truncated: true,
    });
    expect(relevantLogLines(log, { maxLines: 50, maxLength: 10_000 })).toMatchObject({ truncated: false });
    expect(relevantLogLines(log, { maxLines: 50, maxLength: 45 }).lines).toHaveLength(2);
    expect(relevantLogLines('')).toEqual({ lines: [], truncated: false });
  });

  test('a line of a megabyte is cut, not kept whole', () => {
    expect(relevantLogLines(`[ 1.0] i915 ${'x'.repeat(1_000_000)}`).lines[0]?.length).toBe(1000);
  });
});

describe('parseLogLine', () => {
  test('both forms of dmesg, with and without a level', () => {
    expect(parseLogLine('[    5.069911] xe 0000:00:02.0: text')).toEqual({
      seconds: 5.069911,
      stamp: '5.069911',
      message: 'xe 0000:00:02.0: text',
    });
    expect(parseLogLine('<6>[12345.5] DMAR: x')).toMatchObject({ seconds: 12345.5, message: 'DMAR: x' });
    expect(parseLogLine('[    1.0][  T123] i915: x')).toMatchObject({ seconds: 1, message: 'i915: x' });
    expect(parseLogLine('[Tue Nov 18 10:00:00 2025] i915 0000:00:02.0: text\r')).toEqual({
      stamp: 'Tue Nov 18 10:00:00 2025',
      message: 'i915 0000:00:02.0: text',
    });
    expect(parseLogLine('[drm] Initialized')).toEqual({ message: '[drm] Initialized' });
  });

  test('never loses a message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.double({ min: 0, max: 1e6, noNaN: true }), (message, seconds) => {
        const stamp = seconds.toFixed(6);
        expect(parseLogLine(`[${stamp.padStart(12)}] ${message}`)).toEqual({ seconds: Number(stamp), stamp, message });
      }),
      { numRuns: 200 },
    );
  });
});
