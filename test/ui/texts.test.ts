// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { de } from '../../ui-extension/model/texts/de.ts';
import { en } from '../../ui-extension/model/texts/en.ts';
import { languageOf, sayIn } from '../../ui-extension/model/texts/say.ts';

const ROOT = resolve(import.meta.dirname, '../../ui-extension');
const english: { readonly [key: string]: string } = en;
const german: { readonly [key: string]: string } = de;
const keys = Object.keys(english);

/** Names in braces, in any order. */
function places(text: string | undefined): readonly string[] {
  return [...(text ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
}

describe('words of the panel', () => {
  test('every key exists in both languages, and no other', () => {
    expect(keys.length).toBeGreaterThan(100);
    expect(Object.keys(german).sort()).toEqual([...keys].sort());
  });

  test('every text says something, and takes the same values in both languages', () => {
    for (const key of keys) {
      expect(german[key]?.trim(), key).not.toBe('');
      expect(english[key]?.trim(), key).not.toBe('');
      expect(places(german[key]), key).toEqual(places(english[key]));
    }
  });

  test('longer texts are translated', () => {
    const same = keys.filter((key) => (english[key] ?? '').split(' ').length > 2 && english[key] === german[key]);
    // a command line has no language
    expect(same).toEqual(['guest.needs.by.pveigpu']);
  });

  test('every key is used', () => {
    const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const source = files
      .filter((name) => !name.includes('texts/'))
      .map((name) => readFileSync(join(ROOT, name), 'utf8'))
      .join('\n');
    const made = [...source.matchAll(/say\(\s*`([\w.-]+\.)\$\{[^}]+\}([\w.-]*)`/g)];
    expect(made.length).toBeGreaterThan(5);
    const unused = keys.filter(
      (key) =>
        !source.includes(`'${key}'`) && !made.some(([, head = '', tail = '']) => key.startsWith(head) && key.endsWith(tail)),
    );
    expect(unused).toEqual([]);
  });

  test('values are put in as they are, unknown places stay', () => {
    const say = sayIn('de');
    expect(say('app.node', { node: '<b>$&</b>' })).toBe('Knoten <b>$&</b>');
    expect(say('app.node')).toBe('Knoten {node}');
  });

  test('a language by its code', () => {
    expect(['de', 'de-AT', 'DE', 'en', 'fr', 'deu', undefined].map(languageOf)).toEqual([
      'de',
      'de',
      'de',
      'en',
      'en',
      'en',
      'en',
    ]);
  });
});
