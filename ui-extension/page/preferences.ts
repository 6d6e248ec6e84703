// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Language } from '../model/texts/say.ts';
import { languageOf } from '../model/texts/say.ts';
import { type Theme, themeOf } from '../model/theme.ts';

/** What was chosen by hand; `auto` follows PVE's cookie and the system. */
export type ThemeChoice = Theme | 'auto';

const THEME = 'pveigpu-theme';
const LANGUAGE = 'pveigpu-language';

/** The theme as it was chosen here last. */
export function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem(THEME);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(THEME, choice);
}

/** The theme to show now. */
export function themeNow(): Theme {
  const choice = themeChoice();
  return choice === 'auto' ? themeOf(document.cookie, matchMedia('(prefers-color-scheme: dark)').matches) : choice;
}

/** The language that was chosen here, else that of PVE, else that of the browser. */
export function languageNow(): Language {
  const cookie = /(?:^|;\s*)PVELangCookie=([^;]*)/.exec(document.cookie)?.[1];
  return languageOf(localStorage.getItem(LANGUAGE) ?? cookie ?? navigator.language);
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(LANGUAGE, language);
}
