// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, svg, type TemplateResult } from 'lit';
import type { Tone } from '../model/tone.ts';

/** Drawn with lines of one width on a field of 16 by 16, so that they need no font. */
const PATHS = {
  overview: 'M4 4h8v8H4zM6.5 1v3M9.5 1v3M6.5 12v3M9.5 12v3M1 6.5h3M1 9.5h3M12 6.5h3M12 9.5h3',
  guests: 'M1.5 2.5h13v8h-13zM5 13.5h6M8 10.5v3',
  findings: 'M8 1.5l7 12.5H1zM8 6v4M8 11.8v.7',
  history: 'M8 1.5a6.5 6.5 0 1 1-6 4M1.5 1.5v4h4M8 4.5V8l2.5 1.5',
  roms: 'M3 1.5h7l3 3v10H3zM10 1.5v3h3M5.5 8h5M5.5 11h5',
  usage: 'M1.5 1.5v13h13M4 11l3-4 2.5 2.5L14 4',
  reload: 'M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.5v3.2h-3.2',
  setup: 'M2 14l6-6M9.5 9.5a3.6 3.6 0 0 0 4.6-4.8L11.5 7 9 4.5l2.4-2.6A3.6 3.6 0 0 0 6.6 6.5',
  plus: 'M8 2.5v11M2.5 8h11',
  remove: 'M2.5 4h11M6 4V2h4v2M4 4l.7 10h6.6L12 4M6.7 6.5v5M9.3 6.5v5',
  back: 'M6 2.5L1.5 7 6 11.5M1.5 7H10a4 4 0 0 1 0 8H7',
  good: 'M2.5 8.5l3.5 4 7.5-9',
  critical: 'M3 3l10 10M13 3L3 13',
  warning: 'M8 1.5l7 12.5H1zM8 6v4M8 11.8v.7',
  info: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13M8 7.5v4M8 4.5v1',
  none: 'M3 8h10',
  look: 'M6.8 1.8a5 5 0 1 1 0 10 5 5 0 0 1 0-10M10.5 10.5l4 4',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon beside a text that says the same; screen readers pass over it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name]} />`}</svg>`;
}

/** The mark of a tone, in its colour. */
export function toneIcon(tone: Tone): TemplateResult {
  return html`<span class="tone ${tone}">${icon(tone)}</span>`;
}
