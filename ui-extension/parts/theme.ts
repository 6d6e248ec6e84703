// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Theme } from '../model/theme.ts';

/**
 * The colours of PVE's two themes under names of our own, which pass into shadow trees. Those of `dark` are the values of proxmox-widget-toolkit's
 * proxmox-dark (scss/abstracts/_variables.scss), those of `light` of ExtJS's crisp and ext6-pmx.css; what is text is made dark or light enough to be
 * read (WCAG 2.1, 4.5 to 1).
 */
const COLOURS: { readonly [T in Theme]: { readonly [name: string]: string } } = {
  light: {
    ...{ bg: '#ffffff', bar: '#f5f5f5', text: '#1f1f1f', muted: '#5e5e5e', border: '#cfcfcf', line: '#ededed' },
    ...{ hover: '#e2eff8', selected: '#c2ddf2', accent: '#1a6dad', button: '#1e77bb', 'button-text': '#ffffff' },
    ...{ neutral: '#f5f5f5', field: '#ffffff', shade: 'rgba(0, 0, 0, 0.35)' },
    ...{ good: '#15792e', warning: '#8a5a00', critical: '#b3261e', info: '#1a6dad' },
    ...{
      'good-mark': '#21bf4b',
      'warning-mark': '#ffcc00',
      'critical-mark': '#ff6c59',
      'info-mark': '#3892d4',
      'none-mark': '#b0b0b0',
    },
    ...{ 'good-bg': '#e3f7e8', 'warning-bg': '#fff6d6', 'critical-bg': '#fde3e0', 'info-bg': '#e2eff8', 'none-bg': '#f5f5f5' },
    ...{ added: '#0f5f24', removed: '#9b1c14', place: '#1a6dad' },
  },
  dark: {
    ...{ bg: '#262626', bar: '#1a1a1a', text: '#f2f2f2', muted: '#b3b3b3', border: '#666666', line: '#404040' },
    ...{ hover: '#333333', selected: '#4d4d4d', accent: '#4db2ff', button: '#0060a4', 'button-text': '#f2f2f2' },
    ...{ neutral: '#404040', field: '#333333', shade: 'rgba(0, 0, 0, 0.6)' },
    ...{ good: '#5fd97f', warning: '#ffcc00', critical: '#ff8a7a', info: '#4db2ff' },
    ...{
      'good-mark': '#21bf4b',
      'warning-mark': '#ffcc00',
      'critical-mark': '#ff6c59',
      'info-mark': '#3892d4',
      'none-mark': '#737373',
    },
    ...{ 'good-bg': '#173a20', 'warning-bg': '#3f3500', 'critical-bg': '#4a1d18', 'info-bg': '#10344f', 'none-bg': '#333333' },
    ...{ added: '#8fe5a6', removed: '#ffa99c', place: '#4db2ff' },
  },
};

const applied = new WeakMap<Document, CSSStyleSheet>();

/** Gives a document the colours of a theme, as `--pveigpu-NAME`; a later call replaces them. */
export function applyTheme(document: Document, theme: Theme): void {
  const sheet = applied.get(document) ?? new CSSStyleSheet();
  if (!applied.has(document)) {
    applied.set(document, sheet);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  const values = Object.entries(COLOURS[theme]).map(([name, value]) => `--pveigpu-${name}: ${value};`);
  sheet.replaceSync(`:root { ${values.join(' ')} --pveigpu-scheme: ${theme}; }`);
}
