// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { grubWords } from '../../../src/core/boot/grub-defaults.ts';
import { isGiven } from '../../../src/core/boot/parameter-words.ts';
import { settleGrub } from '../../../src/core/boot/settle-grub.ts';
import { kernelCmdlineWords, settleKernelCmdline } from '../../../src/core/boot/settle-kernel-cmdline.ts';
import { evaluateShell } from '../../../src/core/boot/shell-assignments.ts';
import { uneditFile } from '../../../src/core/boot/unedit.ts';
import { anyText } from '../../support/any-text.ts';
import { inRealShell } from '../../support/real-shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-unedit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LATER = '/etc/default/grub.d/zz.cfg';
const wantedWord = fc.constantFrom(
  'intel_iommu=on',
  'iommu=pt',
  'module_blacklist=i915',
  'module_blacklist=xe,nouveau',
  'initcall_blacklist=sysfb_init',
  'i915.enable_guc=3',
  'nomodeset',
);
const wantedWords = fc.uniqueArray(wantedWord, { minLength: 1, maxLength: 4 });
const userWord = fc.oneof(
  wantedWord,
  fc.constantFrom(
    'quiet',
    'module_blacklist=nouveau',
    'module_blacklist=',
    'intel_iommu=off',
    'intel_iommu=on,sm_on',
    'iommu=soft',
    'console=ttyS0',
    'a="b c"',
  ),
);
const gap = fc.constantFrom(' ', '  ', ' ', '\t');
const userWords = fc
  .array(fc.tuple(userWord, gap), { maxLength: 5 })
  .map((all) => all.map(([word, space]) => word + space).join(''));

const value = fc.oneof(
  userWords.map((words) => `"${words.trim().replaceAll('"', '')}"`),
  userWords.map((words) => `"${words.replaceAll('"', '\\"')}"`),
  userWords.map((words) => `'${words}'`),
  userWords.map((words) => `"${words.trim().replaceAll('"', '').replaceAll(' ', ' \\\n')}"`),
  userWord.map((word) => word.replaceAll('"', '').replaceAll(' ', '')),
  fc.constantFrom(
    '',
    '""',
    "''",
    '" "',
    'quiet""',
    '"quiet""splash"',
    '"$MINE quiet"',
    '$MINE',
    '"quiet $MINE"x',
    'a\\ b',
    '"a\\"" b"',
    '"quiet"\r',
  ),
);
const otherLine = fc.constantFrom(
  '# intel_iommu=on "',
  '',
  'GRUB_TIMEOUT=5',
  'GRUB_CMDLINE_LINUX="iommu=pt"',
  'MINE="module_blacklist=nouveau x"',
);
const grubText = fc
  .tuple(
    fc.array(otherLine, { maxLength: 3 }),
    value,
    fc.array(otherLine, { maxLength: 2 }),
    fc.constantFrom('\n', ''),
    fc.constantFrom('', ' # note', ';'),
  )
  .map(([head, one, tail, end, note]) => [...head, `GRUB_CMDLINE_LINUX_DEFAULT=${one}${note}`, ...tail].join('\n') + end);

/** The edited text of a file that GRUB reads after our own snippet, and the edit; undefined when no edit was needed or possible. */
function editedGrub(text: string, wanted: readonly string[]) {
  const { files } = settleGrub([{ path: LATER, text }], wanted, { force: true });
  const file = files.find(({ path }) => path === LATER);
  if (file === undefined) return undefined;
  const edit = { kind: 'kernel-parameters', format: 'grub-default', added: file.added, removed: [] } as const;
  return { text: file.text, edit };
}

describe('a file of GRUB', () => {
  test('words taken out again leave every byte as it was', () => {
    let edits = 0;
    fc.assert(
      fc.property(grubText, wantedWords, (text, wanted) => {
        const edited = editedGrub(text, wanted);
        if (edited === undefined) return;
        edits += 1;
        expect(uneditFile(edited.text, edited.edit)).toBe(text);
        expect(uneditFile(text, edited.edit).length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
    expect(edits).toBeGreaterThan(500);
  });

  test('what is edited counts, and is not edited again', () => {
    fc.assert(
      fc.property(grubText, wantedWords, (text, wanted) => {
        const edited = editedGrub(text, wanted);
        if (edited === undefined) return;
        const words = grubWords(evaluateShell([{ path: LATER, text: edited.text }]));
        for (const word of wanted) expect(isGiven(words, word), word).toBe(true);
        expect(settleGrub([{ path: LATER, text: edited.text }], wanted, { force: true }).files).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('the real shell sees the words of the user and ours', () => {
    fc.assert(
      fc.property(grubText, wantedWords, (text, wanted) => {
        const edited = editedGrub(text, wanted);
        if (edited === undefined) return;
        const read = (content: string) => {
          writeFileSync(join(folder, 'zz.cfg'), content);
          return (inRealShell('. ./zz.cfg', ['GRUB_CMDLINE_LINUX_DEFAULT'], folder)[0] ?? '').split(/\s+/).filter(Boolean);
        };
        const [before, after] = [read(text), read(edited.text)];
        for (const word of before) if (!word.startsWith('module_blacklist')) expect(after).toContain(word);
        for (const word of edited.edit.added) if (!word.startsWith('module_blacklist')) expect(after).toContain(word);
        for (const word of wanted.filter((one) => one.startsWith('module_blacklist='))) {
          const last = after.filter((one) => one.startsWith('module_blacklist=')).at(-1) ?? '';
          expect(last.split(/[=,]/)).toEqual(expect.arrayContaining(word.split(/[=,]/)));
        }
      }),
      { numRuns: 120 },
    );
  });

  test('what the user did meanwhile stays', () => {
    const edit = {
      kind: 'kernel-parameters',
      format: 'grub-default',
      added: ['module_blacklist=i915', 'intel_iommu=on'],
      removed: [],
    } as const;
    const line = (words: string) => `GRUB_CMDLINE_LINUX_DEFAULT="${words}" # mine\n`;
    expect(uneditFile(line('quiet module_blacklist=nouveau,i915,radeon intel_iommu=on splash'), edit)).toBe(
      line('quiet module_blacklist=nouveau,radeon splash'),
    );
    expect(uneditFile(line('splash'), edit)).toBe(line('splash'));
    expect(uneditFile('if x; then\n', edit)).toBe('if x; then\n');
  });
});

const cmdlineText = fc
  .tuple(
    fc.oneof(
      userWords,
      userWords.map((words) => words.trim()),
    ),
    fc.constantFrom('', '-- init\t-v'),
    fc.constantFrom('', '\n', '\r\n', '\n# more\nlines\n', '  \n'),
  )
  .map(([words, init, end]) => `root=ZFS=rpool/ROOT/pve-1 ${words}${init}${end}`);

test('/etc/kernel/cmdline: words taken out again leave every byte as it was', () => {
  const context = { tool: true, active: true, running: '', force: true };
  let edits = 0;
  fc.assert(
    fc.property(cmdlineText, wantedWords, (text, wanted) => {
      const [file] = settleKernelCmdline(text, wanted, context).files;
      if (file === undefined) return;
      edits += 1;
      const words = kernelCmdlineWords(file.text, true);
      for (const word of wanted) expect(isGiven(words, word), word).toBe(true);
      expect(settleKernelCmdline(file.text, wanted, context).files).toEqual([]);
      const edit = { kind: 'kernel-parameters', format: 'kernel-cmdline', added: file.added, removed: [] } as const;
      expect(uneditFile(file.text, edit)).toBe(text);
    }),
    { numRuns: 1000 },
  );
  expect(edits).toBeGreaterThan(500);
});

describe('lines', () => {
  test('replaced lines go back into their places', () => {
    const edit = { kind: 'lines', added: ['# off: a'], removed: ['a'] } as const;
    expect(uneditFile('x\r\n# off: a\r\nb', edit)).toBe('x\r\na\r\nb');
  });

  test('added lines go, removed ones come back at the end', () => {
    expect(uneditFile('a\nours\nb\n', { kind: 'lines', added: ['ours'], removed: [] })).toBe('a\nb\n');
    expect(uneditFile('a\n', { kind: 'lines', added: [], removed: ['b'] })).toBe('a\nb\n');
    expect(uneditFile('a\nb\n', { kind: 'lines', added: [], removed: ['b'] })).toBe('a\nb\n');
  });
});

test('it ends for any text', () => {
  fc.assert(
    fc.property(anyText(), wantedWords, fc.constantFrom('grub-default', 'kernel-cmdline'), (text, added, format) => {
      const left = uneditFile(text, { kind: 'kernel-parameters', format, added, removed: [] });
      expect(left.length).toBeLessThanOrEqual(text.length);
    }),
  );
});
