// SPDX-License-Identifier: AGPL-3.0-or-later

/** A parsed object of which nothing is known yet. */
export type Fields = { readonly [name: string]: unknown };

/** The value as an object; without fields when it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The value as a list: one thing alone is a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

/** The value as a text without blanks around it; empty when it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
