// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../problem.ts';

/** Turns the value of one format into that of the next one. */
export type Migration = (value: { readonly [key: string]: unknown }) => { readonly [key: string]: unknown };

/** What a stored JSON file is called in messages, and how to read every format of it. */
export interface StoredFormat<T> {
  /** For messages, for example `the ledger`. */
  readonly name: string;
  readonly newest: number;
  /** From format N to N+1, by N. A format that is older than all migrations is refused. */
  readonly migrations: { readonly [from: number]: Migration };
  /** Checks the shape of the newest format: the value, or where and why it is not one. */
  readonly check: (value: unknown) => Checked<T>;
}

/** A value of the right shape, or where and why it is not one. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/**
 * Reads a stored JSON file: `format.unreadable` when it is torn or of another shape, `format.newer` when a later
 * pveigpu wrote it. Older formats are migrated step by step.
 */
export function parseStored<T>(format: StoredFormat<T>, text: string, where: string): Result<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(format.name, where, 'it is not complete JSON');
  }
  if (!isObject(value)) return unreadable(format.name, where, 'it is not a JSON object');
  let number = value.format;
  if (typeof number !== 'number' || !Number.isInteger(number)) return unreadable(format.name, where, 'it names no format');
  if (number > format.newest) {
    return problem(
      'format.newer',
      `${sentence(format.name)} ${where} has format ${number}; this pveigpu knows up to ${format.newest}.`,
      {
        hint: 'Install the pveigpu that wrote it, or a later one.',
        where,
      },
    );
  }
  let current = value;
  while (number < format.newest) {
    const migrate = format.migrations[number];
    if (migrate === undefined) return unreadable(format.name, where, `format ${number} is not known`);
    number += 1;
    current = { ...migrate(current), format: number };
  }
  const checked = format.check(current);
  return checked.ok ? checked : unreadable(format.name, where, checked.reason);
}

/** The text that is stored: stable, indented JSON with a final line end. */
export function printStored(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

function unreadable(
  name: string,
  where: string,
  reason: string,
): { readonly ok: false; readonly problem: import('../problem.ts').Problem } {
  return problem('format.unreadable', `${sentence(name)} ${where} cannot be understood: ${reason}.`, {
    hint: 'Nothing was changed. Put a good copy in its place, or move it away if you know that nothing of pveigpu is in use.',
    where,
  });
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
