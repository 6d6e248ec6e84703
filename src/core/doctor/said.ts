// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { type GpuCase, logLines } from '../gpu/gpu-case.ts';
import type { Evidence } from '../gpu/verdict.ts';
import { visible } from '../text/visible.ts';
import { ruleOf } from './explain/explain.ts';
import { TEXT_RULES } from './explain/table.ts';

/** The last line of the kernel log about a GPU, or about none, that means one of these texts (`core/doctor/explain`). */
export function lastSaid(gpu: Pick<GpuCase, 'facts' | 'device'>, ...ids: readonly string[]): Evidence | undefined {
  return saidIn(logLines(gpu), ids).at(-1);
}

/** All such lines, whatever device they are about, oldest first. */
export function said(facts: HostFacts, ...ids: readonly string[]): readonly Evidence[] {
  return saidIn(ifKnown(facts.logs)?.lines ?? [], ids);
}

function saidIn(lines: readonly string[], ids: readonly string[]): readonly Evidence[] {
  const patterns = TEXT_RULES.filter(({ id }) => ids.includes(id)).map(({ pattern }) => pattern);
  // A line means what the first text in the table says that matches.
  const isOne = (line: string) => patterns.some((pattern) => pattern.test(line)) && ids.includes(ruleOf(line)?.id ?? '');
  return lines.filter(isOne).map((line) => ({ source: 'kernel log', value: visible(line.trim(), 300) }));
}
