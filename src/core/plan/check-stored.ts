// SPDX-License-Identifier: AGPL-3.0-or-later

/** Thrown inside a check of a stored value and caught at its end: where and why it has not the expected shape. */
export class WrongShape extends Error {}

/** The members of a JSON object. */
export function objectAt(value: unknown, where: string): { readonly [key: string]: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { readonly [key: string]: unknown };
  throw new WrongShape(`${where}: it is not an object`);
}

export function listAt<T>(value: unknown, where: string, each: (item: unknown, where: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new WrongShape(`${where}: it is not a list`);
  return value.map((item, index) => each(item, `${where}.${index}`));
}

/** A JSON object as a map with values of one kind. */
export function mapAt<T>(
  value: unknown,
  where: string,
  each: (item: unknown, where: string) => T,
): { readonly [key: string]: T } {
  const entries = Object.entries(objectAt(value, where)).map(([key, item]) => [key, each(item, `${where}.${key}`)] as const);
  return Object.fromEntries(entries);
}

export function textAt(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new WrongShape(`${where}: it is not a text`);
}

export function textOrNullAt(value: unknown, where: string): string | null {
  return value === null ? null : textAt(value, where);
}

export function integerAt(value: unknown, where: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new WrongShape(`${where}: it is not a whole number`);
}

export function booleanAt(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new WrongShape(`${where}: it is neither true nor false`);
}

/** A flag that is there only when it holds. */
export function trueAt(value: unknown, where: string): true {
  if (value === true) return value;
  throw new WrongShape(`${where}: it is not true`);
}

/** One of some words. */
export function oneOfAt<T extends string>(value: unknown, where: string, words: readonly T[]): T {
  const word = words.find((one) => one === value);
  if (word !== undefined) return word;
  throw new WrongShape(`${where}: it is none of ${words.join(', ')}`);
}

/** A member that may be missing, as an object to spread. */
export function optional<K extends string, T>(
  object: { readonly [key: string]: unknown },
  key: K,
  where: string,
  read: (value: unknown, where: string) => T,
): { readonly [P in K]?: T } {
  const value = object[key];
  return (value === undefined ? {} : { [key]: read(value, `${where}.${key}`) }) as { readonly [P in K]?: T };
}
