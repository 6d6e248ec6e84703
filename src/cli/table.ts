// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';

/** A cell: its text and its tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text);

/**
 * A terse table in the manner of `qm list`: upper-case heads, columns two blanks apart, no borders, no trailing blanks.
 * Widths count code points, which is right for what stands in these tables.
 */
export function table(io: Pick<Io, 'colour'>, heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = heads.map((head, column) => Math.max(width(head), ...rows.map((row) => width(textOf(row[column] ?? '')))));
  const line = (cells: readonly Cell[], tone?: Tone) =>
    cells
      .map((cell, column) => {
        const text = textOf(cell);
        const gap = column === cells.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - width(text) + 2);
        return paint(io, tone ?? (typeof cell === 'string' ? 'plain' : cell.tone), text) + gap;
      })
      .join('')
      .trimEnd();
  return `${[line(heads, 'dim'), ...rows.map((row) => line(row))].join('\n')}\n`;
}

function width(text: string): number {
  return [...text].length;
}
