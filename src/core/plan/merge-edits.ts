// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileEdit } from './file-edit.ts';

/** The edit that takes one edit back. */
export function invertEdit(edit: FileEdit): FileEdit {
  return { ...edit, added: edit.removed, removed: edit.added };
}

/**
 * All that is ours of a file after one more edit: what was added and is now removed cancels out, and the other way round.
 * Edits of different kinds stand beside each other; an edit of which nothing is left is dropped.
 */
export function mergeEdits(edits: readonly FileEdit[], next: FileEdit): readonly FileEdit[] {
  const isSame = (edit: FileEdit) => kindOf(edit) === kindOf(next);
  const old = edits.find(isSame);
  const merged: FileEdit =
    old === undefined
      ? next
      : {
          ...next,
          added: [...minus(old.added, next.removed), ...minus(minus(next.added, old.removed), old.added)],
          removed: [...minus(old.removed, next.added), ...minus(minus(next.removed, old.added), old.removed)],
        };
  const others = edits.filter((edit) => !isSame(edit));
  return merged.added.length + merged.removed.length === 0 ? others : [...others, merged];
}

function kindOf(edit: FileEdit): string {
  return edit.kind === 'kernel-parameters' ? `${edit.kind} ${edit.format}` : edit.kind;
}

function minus(words: readonly string[], gone: readonly string[]): readonly string[] {
  return words.filter((word) => !gone.includes(word));
}
