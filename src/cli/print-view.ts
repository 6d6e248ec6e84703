// SPDX-License-Identifier: AGPL-3.0-or-later
import { visible } from '../core/text/visible.ts';
import type { Call } from './command.ts';
import { EXIT } from './exit-code.ts';
import { paint } from './style.ts';
import { table } from './table.ts';

/** What a reading command prints: a value for `--json`, rows (header first) for people. */
export interface Shown {
  /** The `kind` of the JSON value, see docs/json.md. */
  readonly kind: string;
  readonly view: { readonly unknown: readonly string[] };
  readonly rows: readonly (readonly string[])[];
  /** Said instead of an empty table. */
  readonly none: string;
}

/** Prints a view as a JSON value or a table; what could not be read is said below it, and gives exit code 7. */
export function printView({ io, options }: Call, { kind, view, rows, none }: Shown): number {
  if (options.json === true) io.out(`${JSON.stringify({ kind, ...view }, null, 2)}\n`);
  else {
    const [heads = [], ...body] = rows.map((row) => row.map((cell) => visible(cell)));
    io.out(body.length === 0 ? `${none}\n` : table(io, heads, body));
    for (const line of view.unknown) io.err(`${paint(io, 'warn', 'could not be read:')} ${visible(line)}\n`);
  }
  return view.unknown.length === 0 ? EXIT.done : EXIT.notMeasured;
}
