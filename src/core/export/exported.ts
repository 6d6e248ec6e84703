// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase, SliceKind } from './export-case.ts';

/** One line of an exported text, and what it is for. */
export interface ExportLine {
  readonly text: string;
  /** Absent on lines that only close what another opened. */
  readonly why?: string;
}

/** A text for another program. */
export interface Exported {
  readonly lines: readonly ExportLine[];
  /** What has to be true or done before it works, each a sentence; they stand as comments on top. */
  readonly notes: readonly string[];
}

/** One format as the table lists it. */
export interface ExportFormat {
  /** As typed: `pveigpu export NAME`. */
  readonly name: string;
  readonly summary: string;
  /** What it can carry, the usual one first. */
  readonly slices: readonly SliceKind[];
  /** Why the others cannot be carried, a sentence. */
  readonly whyNotOthers: string;
  readonly comment: 'xml' | 'hash';
  readonly write: (one: ExportCase) => Exported;
}

/** A line with what it is for. */
export function line(text: string, why?: string): ExportLine {
  return why === undefined ? { text } : { text, why };
}

/** Marks what the reader has to fill in: it is known by this word, and no program takes it for a value. */
export function placeholder(what: string): string {
  return `REPLACE-WITH-${what.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '-')}`;
}

/** The whole text with its notes as comments on top, and a final newline. */
export function exportedText({ lines, notes }: Exported, comment: ExportFormat['comment']): string {
  const head = notes.map((note) => (comment === 'xml' ? `<!-- ${note.replaceAll('--', '- -')} -->` : `# ${note}`));
  return `${[...head, ...lines.map(({ text }) => text)].join('\n')}\n`;
}

/** Each line with what it is for below it. */
export function explainedText({ lines, notes }: Exported): string {
  const each = lines.flatMap(({ text, why }) => [text, ...(why === undefined ? [] : [`      ${why}`])]);
  return `${[...notes.map((note) => `* ${note}`), ...each].join('\n')}\n`;
}
