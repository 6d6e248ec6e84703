// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { evaluateShell } from '../../../src/core/boot/shell-assignments.ts';
import { shellText } from '../../../src/core/boot/shell-word.ts';
import { anyText } from '../../support/any-text.ts';
import { inRealShell } from '../../support/real-shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

function evaluated(...texts: readonly string[]) {
  return evaluateShell(texts.map((text, index) => ({ path: `/f${index}`, text })));
}

function shown(text: string, name = 'A'): string | undefined {
  return shellText(evaluated(text).valueOf(name));
}

describe('values', () => {
  test.each([
    ['A=quiet', 'quiet'],
    ['A=', ''],
    ['A="" # nothing', ''],
    [`A='single "inner" $B'`, 'single "inner" $B'],
    ['A="a \\"b\\" \\$c \\x"', 'a "b" $c \\x'],
    ['A="quiet \\\n  splash"', 'quiet   splash'],
    ['A=one\\\ntwo', 'onetwo'],
    [`B=x; A="$B \${B}y"`, 'x xy'],
    ['A="$NOBODY_SET_THIS"z', 'z'],
    ['A=a#b', 'a#b'],
    ['A=quiet"no"\'space\'', 'quietnospace'],
    ['A="quiet"\r', 'quiet\r'],
    ['A=1\nexport A\nexport A=2 B', '2'],
    ['  A=1; B=2 ;A=3 # the last', '3'],
    [':\ntrue # nothing\nA=1', '1'],
  ])('%j', (text, value) => {
    expect(shown(text)).toBe(value);
    writeFileSync(join(folder, 'one'), text);
    expect(inRealShell('. ./one', ['A'], folder)).toEqual([value]);
  });

  test('what only a shell could tell is unknown, and no more than that', () => {
    const state = evaluated(
      `D=\`( . /etc/os-release && echo \${NAME} )\`\nE=$(lsb_release -i || echo "De)bian")\nA="quiet $D"\nB=2\n`,
    );
    expect(state.notUnderstood).toEqual([]);
    expect(shellText(state.valueOf('A'))).toBeUndefined();
    expect(shellText(state.valueOf('E'))).toBeUndefined();
    expect(shellText(state.valueOf('B'))).toBe('2');
  });

  test('a condition makes unknown what it sets, and nothing else', () => {
    const state = evaluated('A=1\nC=3\nif [ -e /x ]; then\n  A="$A 2"\nfi\n', 'B="$A b"\n');
    expect(state.notUnderstood).toEqual([{ path: '/f0', line: 3, text: 'if [ -e /x ]; then' }]);
    expect(shellText(state.valueOf('A'))).toBeUndefined();
    expect(shellText(state.valueOf('C'))).toBe('3');
    expect(state.valueOf('B')).toEqual(['unknown', { text: ' b', at: 5 }]);
  });

  test.each(['. /etc/more', 'eval "$X"', 'unset A', 'if x; then . /y; fi', '[ -e /x ] && exit 0'])(
    '%s leaves nothing known',
    (line) => {
      expect(shown(`A=1\n${line}\n`)).toBeUndefined();
      expect(shown(`${line}\n`, 'NEVER_SET')).toBeUndefined();
    },
  );

  test('dash knows no +=, and a carriage return is no program', () => {
    const state = evaluated('A=1\r\n\r\nA+=2\n');
    expect(state.failures.map(({ line }) => line)).toEqual([2, 3]);
    expect(shellText(state.valueOf('A'))).toBeUndefined();
  });
});

const character = fc.oneof(
  { arbitrary: fc.constantFrom(...'ab=,./:-_ \t#~$"\'\\`;\n\r'), weight: 4 },
  {
    arbitrary: fc.constantFrom(
      '$A',
      `\${B}`,
      '"$A"',
      ' intel_iommu=on',
      '\\\n',
      'ü',
      `\${C:-d}`,
      '$(echo x)',
      '\n#',
      '\nexport A',
    ),
    weight: 2,
  },
);
const name = fc.constantFrom('A', 'B', 'C');
const quotedText = fc.array(fc.constantFrom('a', ' ', '=', '$A', '\\"', '\\$', '\\\\', '\\\n', '#', '~', '\\x', '`', '$ '), {
  maxLength: 8,
});
const value = fc.oneof(
  fc
    .array(fc.constantFrom('a', '=', ',', '\\ ', '$B', `\${A}`, '~', '#', ':', '\r', '\\\n'), { maxLength: 6 })
    .map((all) => all.join('')),
  quotedText.map((all) => `"${all.join('')}"`),
  quotedText.map((all) => `'${all.join('').replaceAll("'", '')}'`),
  fc.array(character, { maxLength: 8 }).map((all) => all.join('')),
);
const statement = fc.oneof(
  {
    arbitrary: fc.tuple(name, fc.array(value, { maxLength: 3 })).map(([variable, all]) => `${variable}=${all.join('')}`),
    weight: 6,
  },
  { arbitrary: fc.constantFrom('# a note "', '', ':', 'export A', 'A=1 B=$A', 'true;A=2', '\t'), weight: 1 },
);

describe('against the real shell', () => {
  test('what is known of any file is what the shell says', () => {
    let known = 0;
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), fc.constantFrom('\n', '\n', '; '), (statements, separator) => {
        const text = statements.join(separator);
        const state = evaluated('A=start\n', text);
        writeFileSync(join(folder, 'two'), text);
        let real: readonly string[];
        try {
          real = inRealShell('A=start\n. ./two', ['A', 'B', 'C'], folder);
        } catch {
          // a shell that ends with an error must not find us sure that all is well; what a command does nobody foresees
          const commands = state.assignments.filter((assignment) => assignment.value.includes('unknown'));
          expect(state.notUnderstood.length + state.failures.length + commands.length).toBeGreaterThan(0);
          return;
        }
        for (const [index, variable] of ['A', 'B', 'C'].entries()) {
          const ours = shellText(state.valueOf(variable));
          if (ours !== undefined) expect(ours).toBe(real[index]);
          if (ours !== undefined && ours !== '') known += 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(known).toBeGreaterThan(80);
  });

  test('it ends for any text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const { assignments } = evaluated(text);
        for (const { valueStart, end } of assignments) expect(end).toBeGreaterThanOrEqual(valueStart);
      }),
    );
  });
});
