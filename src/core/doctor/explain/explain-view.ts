// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule, Severity } from '../finding.ts';
import { type Explanation, explainText } from './explain.ts';
import { TEXT_RULES } from './table.ts';

/** The value of `explain --json` of a text. */
export interface TextExplained {
  readonly format: 1;
  /** How many lines there were. */
  readonly lines: number;
  /** The first real error first. */
  readonly explanations: readonly Explanation[];
}

/** The value of `explain --json` of a finding's id. */
export interface FindingExplained {
  readonly format: 1;
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly reference: string;
  /** Whether doctor looks for it with `--deep` alone. */
  readonly deep: boolean;
  /** Findings that bring it about. */
  readonly follows: readonly string[];
  /** Findings that it brings about. */
  readonly brings: readonly string[];
  /** What is printed where it happens, in the words of the explanations. */
  readonly texts: readonly { readonly id: string; readonly text: string; readonly hint?: string; readonly source: string }[];
}

/** What the lines of a text mean. */
export function explainView(text: string): TextExplained {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return { format: 1, lines: text === '' ? 0 : lines.length, explanations: explainText(lines) };
}

/** What a finding is about, by its id; undefined where there is none. */
export function findingView(id: string, rules: readonly FindingRule[]): FindingExplained | undefined {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) return undefined;
  const { title, severity, reference, follows = [] } = rule;
  return {
    format: 1,
    id,
    title,
    severity,
    reference,
    deep: rule.deep === true,
    follows,
    brings: rules.filter((other) => other.follows?.includes(rule.id)).map((other) => other.id),
    texts: TEXT_RULES.filter(({ finding }) => finding === id).map(({ id: of, text, hint, source }) => ({
      id: of,
      text: withoutPlaces(text),
      ...(hint === undefined ? {} : { hint: withoutPlaces(hint) }),
      source,
    })),
  };
}

/** A sentence that has no line yet from which its places could be filled. */
function withoutPlaces(text: string): string {
  return text.replace(/\$[1-9]/g, '...');
}
