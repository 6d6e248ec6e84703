// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileEdit } from '../../../src/core/plan/file-edit.ts';
import { invertEdit, mergeEdits } from '../../../src/core/plan/merge-edits.ts';

const WORDS = ['a', 'b', 'c', 'd'];

/** The edit between two sets of words, as a planner would make it. */
function between(from: readonly string[], to: readonly string[]): FileEdit {
  return {
    kind: 'lines',
    added: to.filter((word) => !from.includes(word)),
    removed: from.filter((word) => !to.includes(word)),
  };
}

const words = fc.subarray(WORDS);

test('any edits after each other are what lies between the first text and the last', () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 2, maxLength: 6 }), (texts) => {
      let merged: readonly FileEdit[] = [];
      for (let at = 1; at < texts.length; at += 1) merged = mergeEdits(merged, between(texts[at - 1] ?? [], texts[at] ?? []));
      const whole = between(texts[0] ?? [], texts.at(-1) ?? []);
      const [one = { kind: 'lines', added: [], removed: [] }] = merged;
      expect([[...one.added].sort(), [...one.removed].sort()]).toEqual([[...whole.added].sort(), [...whole.removed].sort()]);
      expect(merged.length).toBe(whole.added.length + whole.removed.length === 0 ? 0 : 1);
    }),
  );
});

test('an edit and its inverse leave nothing, whatever else is ours', () => {
  fc.assert(
    fc.property(words, words, words, (first, second, third) => {
      const other: FileEdit = { kind: 'kernel-parameters', format: 'grub-default', added: ['x'], removed: [] };
      const before = mergeEdits(mergeEdits([], other), between(first, second));
      const edit = between(second, third);
      const after = mergeEdits(mergeEdits(before, edit), invertEdit(edit));
      const normal = (edits: readonly FileEdit[]) =>
        edits.map(({ kind, added, removed }) => [kind, [...added].sort(), [...removed].sort()].flat().join()).sort();
      expect(normal(after)).toEqual(normal(before));
    }),
  );
});
