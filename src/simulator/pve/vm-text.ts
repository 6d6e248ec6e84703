// SPDX-License-Identifier: AGPL-3.0-or-later
import { encodeDescription } from '../../core/guest/description-text.ts';
import type { ModelSection, VmModel } from '../../core/guest/vm-model.ts';

/** A section's keys with its description, decoded. */
export function allValues(section: ModelSection): Map<string, string> {
  const values = new Map(section.values);
  if (section.description !== undefined) values.set('description', section.description);
  return values;
}

/** What the next start will see: pending values over the current ones, deletes taken away. */
export function mergedValues(model: VmModel): Map<string, string> {
  const values = allValues(model.current);
  for (const key of model.pending.deletes.keys()) values.delete(key);
  for (const [key, value] of allValues(model.pending)) values.set(key, value);
  return values;
}

/** `key: value` lines sorted by key, the description on one line (`qm config`). */
export function configText(values: ReadonlyMap<string, string>): string {
  return sortedKeys(values)
    .map((key) => `${key}: ${shown(key, values.get(key) ?? '')}\n`)
    .join('');
}

/** One key of `qm pending`: what is set, what waits, and whether it will go (2 when forced). */
export interface PendingItem {
  readonly key: string;
  readonly value?: string;
  readonly pending?: string;
  readonly delete?: 1 | 2;
}

/** The keys of a configuration and what waits for them, sorted (AbstractConfig.pm `config_with_pending_array`). */
export function pendingItems(model: VmModel): PendingItem[] {
  const current = allValues(model.current);
  const pending = allValues(model.pending);
  const items = sortedKeys(current).map((key): PendingItem => {
    const value = current.get(key) ?? '';
    const next = pending.get(key);
    const force = model.pending.deletes.get(key);
    return {
      key,
      value,
      ...(next === undefined ? {} : { pending: next }),
      ...(force === undefined ? {} : { delete: force ? 2 : 1 }),
    };
  });
  for (const [key, value] of pending) if (!current.has(key)) items.push({ key, pending: value });
  return items.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The lines of `qm pending`. */
export function pendingText(items: readonly PendingItem[]): string {
  return items
    .map(({ key, value, pending, delete: gone }) => {
      if (gone !== undefined) return `del ${key}: ${shown(key, value ?? '')}\n`;
      const now = value === undefined ? '' : `cur ${key}: ${shown(key, value)}\n`;
      return pending === undefined ? now : `${now}new ${key}: ${shown(key, pending)}\n`;
    })
    .join('');
}

function shown(key: string, value: string): string {
  return key === 'description' ? value.split('\n').map(encodeDescription).join('%0A') : value;
}

function sortedKeys(values: ReadonlyMap<string, string>): string[] {
  return [...values.keys()].sort();
}

/** Quotes words as a shell wants them (Perl's String::ShellQuote, which PVE prints commands with). */
export function shellLine(argv: readonly string[], pretty: boolean): string {
  const words = argv.map((word) => {
    if (word === '') return "''";
    return /[^\w!%+,\-./:@^]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word;
  });
  if (!pretty) return `${words.join(' ')}\n`;
  return `${words.map((word, at) => (at > 0 && (argv[at] ?? '').startsWith('-') ? ` \\\n  ${word}` : at > 0 ? ` ${word}` : word)).join('')}\n`;
}
