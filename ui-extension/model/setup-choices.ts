// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../../src/core/gpu/verdict.ts';
import type { VerdictGpu } from './verdict-rows.ts';

/** One mode that the set-up wizard shows. */
export interface SetupChoice {
  readonly mode: Mode;
  readonly title: string;
  readonly about: string;
  readonly tags: readonly string[];
  readonly isPossible: boolean;
  /** Why it is not possible. */
  readonly why: string;
  /** What it needs before it works. */
  readonly needs: readonly string[];
  /** How many VFs can be chosen; null where there is nothing to choose. */
  readonly maxVfs: number | null;
}

/** The choices of the wizard, and which one is chosen at first: the recommended one, else the first possible one. */
export function setupChoices({ rows }: VerdictGpu): { readonly choices: readonly SetupChoice[]; readonly first: Mode | null } {
  const choices = rows.map(({ mode, title, about, tags, isPossible, reasons, needs, maxVfs }) => ({
    ...{ mode, title, about, tags, isPossible, needs },
    why: isPossible ? '' : (reasons[0]?.text ?? ''),
    maxVfs: mode === 'sriov' && isPossible ? maxVfs : null,
  }));
  const possible = rows.filter((row) => row.isPossible);
  const first = possible.find((row) => row.isRecommended) ?? possible[0];
  return { choices, first: first?.mode ?? null };
}
