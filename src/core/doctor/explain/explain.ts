// SPDX-License-Identifier: AGPL-3.0-or-later
import { faultText } from '../../driver/fault-text.ts';
import { parseMakeLog } from '../../driver/make-log.ts';
import { isLogTrouble } from '../../selftest/log-trouble.ts';
import { visible } from '../../text/visible.ts';
import type { FindingId } from '../finding.ts';
import { TEXT_RULES } from './table.ts';
import type { TextRule, TextWeight } from './text-rule.ts';

/** A line of a log, and what it means. */
export interface Explanation {
  /** Id of the text, `driver.build-KIND` for a build, `unknown` where no cause is known. */
  readonly id: string;
  /** `unknown`: it speaks of an error, and nothing is known of it. */
  readonly weight: TextWeight | 'unknown';
  /** The line as it stood, made visible. */
  readonly line: string;
  /** Which line of the text it was, from 1; 0 where a whole log says it. */
  readonly lineNumber: number;
  readonly text: string;
  readonly hint?: string;
  readonly finding?: FindingId;
  readonly source?: string;
}

/** Lines at each end of a long text that are looked at, and their UTF-16 units together: seconds at the worst. */
const MOST_LINES = 20_000;
const MOST_LENGTH = 2 * 1024 * 1024;
/** UTF-16 units of a line that are looked at; a message is shorter. */
const LINE_LIMIT = 2000;
/** How much of a line is shown. */
const SHOWN = 400;
const MOST_UNKNOWN = 5;

const COLOUR = /\u001b\[[0-9;]*[mK]/g;
/** A build's log, by the words of make, of dkms and of compilers. */
const BUILD = /^DKMS (?:\([^)]*\) )?make\.log|^make(?:\[\d+\])?: |\.[ch]:\d+:(?:\d+:)? (?:fatal )?error:|^ERROR: modpost:/m;
const ERROR_LINE = /^TASK ERROR: |^kvm: |^Error!|^E: |\bERROR\b/;

/** Order of the answers: what went wrong by itself, then what nobody knows, then what only followed, then what is harmless. */
const ORDER: readonly Explanation['weight'][] = ['cause', 'unknown', 'effect', 'harmless'];

/**
 * What the lines of a log or of a message mean, the first real error first, each meaning once. Empty when nothing in them speaks of an
 * error that concerns graphics. Of a very long text its beginning and its end are looked at. Never throws.
 */
export function explainText(lines: readonly string[]): readonly Explanation[] {
  const looked = boundedLines(lines);
  const found = new Map<string, Explanation>();
  for (const { line, lineNumber } of looked) {
    const explained = explainLine(line, lineNumber);
    if (explained === undefined) continue;
    const key = explained.id === 'unknown' ? `unknown ${explained.line.replace(/^\[[^\]]*\]\s*/, '')}` : explained.id;
    if (!found.has(key)) found.set(key, explained);
  }
  const all = [...found.values(), ...buildFaults(looked.map(({ line }) => line))];
  const unknown = all.filter(({ weight }) => weight === 'unknown').slice(0, MOST_UNKNOWN);
  const known = all.filter(({ weight }) => weight !== 'unknown');
  return [...known, ...unknown].sort((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight) || a.lineNumber - b.lineNumber);
}

/** The rule for a line, or undefined. */
export function ruleOf(line: string): TextRule | undefined {
  return TEXT_RULES.find(({ pattern }) => pattern.test(line));
}

function explainLine(line: string, lineNumber: number): Explanation | undefined {
  const shown = visible(line.trim(), SHOWN);
  const rule = ruleOf(line);
  if (rule === undefined) {
    if (!isLogTrouble(line) && !ERROR_LINE.test(line)) return undefined;
    return { id: 'unknown', weight: 'unknown', line: shown, lineNumber, text: 'No cause for this line is known.' };
  }
  const groups = rule.pattern.exec(line) ?? [];
  const { id, weight, hint, finding, source } = rule;
  return {
    id,
    weight,
    line: shown,
    lineNumber,
    text: filled(rule.text, groups),
    ...(hint === undefined ? {} : { hint: filled(hint, groups) }),
    ...(finding === undefined ? {} : { finding }),
    source,
  };
}

/** Puts what a pattern found into a sentence. */
function filled(text: string, groups: readonly (string | undefined)[]): string {
  return text.replace(/\$([1-9])/g, (_whole, number: string) => visible(groups[Number(number)] ?? '', 80));
}

/** Why a build failed, where the text is the log of one; at its place stands the compiler's own line. */
function buildFaults(lines: readonly string[]): readonly Explanation[] {
  const text = lines.join('\n');
  if (!BUILD.test(text)) return [];
  const log = parseMakeLog(text);
  const ground = {
    ...(log.kernel === undefined ? {} : { kernel: visible(log.kernel, 80) }),
    ...(log.version === undefined ? {} : { version: visible(log.version, 80) }),
  };
  return log.faults
    .filter(({ kind }) => kind !== 'other')
    .map((fault): Explanation => {
      const { id, text: meaning, hint } = faultText(fault, ground);
      return { id, weight: 'cause', line: visible(fault.line, SHOWN), lineNumber: 0, text: visible(meaning), hint };
    });
}

interface Numbered {
  readonly line: string;
  readonly lineNumber: number;
}

/** The lines of the beginning and of the end, as many as the limits let in; each line once. */
function boundedLines(lines: readonly string[]): readonly Numbered[] {
  const head = within(lines, 0, lines.length, 1);
  const tail = within(lines, lines.length - 1, head.length - 1, -1);
  return [...head, ...tail.reverse()];
}

/** Lines from one end on, before `end`, until there are enough of them or of their characters. */
function within(lines: readonly string[], start: number, end: number, step: 1 | -1): Numbered[] {
  const found: Numbered[] = [];
  let length = 0;
  for (let at = start; at !== end && found.length < MOST_LINES && length < MOST_LENGTH; at += step) {
    const line = (lines[at] ?? '').slice(0, LINE_LIMIT).replace(COLOUR, '');
    length += line.length;
    found.push({ line, lineNumber: at + 1 });
  }
  return found;
}
