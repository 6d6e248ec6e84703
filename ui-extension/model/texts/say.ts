// SPDX-License-Identifier: AGPL-3.0-or-later
import { de } from './de.ts';
import { en, type TextKey } from './en.ts';

/** The languages that the panel speaks. */
export type Language = 'en' | 'de';

/** Says a text by its key, with `{name}` replaced by values. The result is plain text, never markup. */
export type Say = (key: TextKey, values?: { readonly [name: string]: string | number }) => string;

const TEXTS: { readonly [L in Language]: { readonly [K in TextKey]: string } } = { en, de };

/** The words of one language. */
export function sayIn(language: Language): Say {
  const texts = TEXTS[language];
  return (key, values = {}) =>
    texts[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** The language for a code of PVE or of a browser, `de` or `de-AT`; English for all others. */
export function languageOf(code: string | undefined): Language {
  return /^de\b/i.test(code ?? '') ? 'de' : 'en';
}
