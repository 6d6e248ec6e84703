// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readIndexTemplate, withoutUiLine, withUiLine } from '../../../src/core/ui/index-template.ts';
import { PAGE } from './page.ts';

describe("PVE's page", () => {
  test('gets one line, right after that of pvemanagerlib.js and before anything starts', () => {
    const { text } = withUiLine(readIndexTemplate(PAGE), '1.0-abc') ?? { text: '' };
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('/pve2/js/pveigpu.js?v=1.0-abc"'));
    expect(lines[at - 1]).toContain('pvemanagerlib.js');
    expect(lines[at]).toMatch(/^ {4}<script type="text\/javascript"/);
    expect(lines.filter((line) => !line.includes('pveigpu')).join('\n')).toBe(PAGE);
    expect(text).not.toMatch(/\[%(?!.*%\])/);
  });

  test('has one line of ours however often and with whichever version it is set, and none afterwards', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[0-9a-z.-]{1,12}$/), { minLength: 1, maxLength: 5 }), (versions) => {
        let text = PAGE;
        for (const version of versions) text = withUiLine(readIndexTemplate(text), version)?.text ?? '';
        const read = readIndexTemplate(text);
        expect(read.ours).toHaveLength(1);
        expect(read.version).toBe(versions.at(-1));
        expect(withoutUiLine(read)).toBe(PAGE);
      }),
    );
  });

  test('with other line ends keeps them', () => {
    const crlf = PAGE.replaceAll('\n', '\r\n');
    const { text } = withUiLine(readIndexTemplate(crlf), '1') ?? { text: '' };
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(withoutUiLine(readIndexTemplate(text))).toBe(crlf);
  });

  test.each([
    ['loads something else', PAGE.replace('pvemanagerlib', 'other')],
    ['loads it twice', PAGE.replace(/^.*pvemanagerlib.*$/m, '$&\n$&')],
    ['starts nothing', PAGE.replace('PVE.StdWorkspace', 'PVE.Other')],
    ['starts before it is loaded', PAGE.split('\n').reverse().join('\n')],
    ['is empty', ''],
    [
      'has a line that does more',
      PAGE.replace('pvemanagerlib.js?ver=[% version %]"></script>', 'pvemanagerlib.js"></script><b>'),
    ],
  ])('that %s is unknown', (_what, text) => {
    expect(withUiLine(readIndexTemplate(text), '1')).toBeUndefined();
  });
});
