// SPDX-License-Identifier: AGPL-3.0-or-later
import { ruleOf } from '../doctor/explain/explain.ts';
import { isLogTrouble } from '../selftest/log-trouble.ts';

/** What a line of a guest's kernel log means, and what to do about it. */
export interface LogExplanation {
  readonly line: string;
  readonly text: string;
  readonly hint?: string;
  readonly source?: string;
}

/** The lines of a guest's kernel log that speak of trouble with its GPU, explained where the cause is known; each cause once. */
export function explainLog(lines: readonly string[]): readonly LogExplanation[] {
  const found = new Map<string, LogExplanation>();
  for (const line of lines) {
    const rule = ruleOf(line);
    const inside = rule?.inGuest;
    const isKnown = inside !== undefined || (rule?.weight === 'cause' && isLogTrouble(line));
    if (!isKnown && (rule?.weight === 'harmless' || !isLogTrouble(line))) continue;
    const { text, hint, source } = isKnown && rule !== undefined ? { ...rule, ...inside } : { text: UNKNOWN };
    const key = isKnown ? text : line.replace(/^\[[^\]]*\]\s*/, '');
    if (found.has(key)) continue;
    found.set(key, { line, text, ...(hint === undefined ? {} : { hint }), ...(source === undefined ? {} : { source }) });
  }
  return [...found.values()];
}

const UNKNOWN = 'No cause for this line is known.';
