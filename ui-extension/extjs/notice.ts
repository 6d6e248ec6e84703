// SPDX-License-Identifier: AGPL-3.0-or-later
import { TONE_ICONS, type Tone } from '../model/tone.ts';
import { iconHtml } from './html.ts';

/** What stands where there is nothing else to show, or above it. */
export interface Notice {
  /** A Font Awesome icon. */
  readonly icon: string;
  readonly tone: Tone;
  readonly title: string;
  readonly lines: readonly string[];
}

/** Markup of a notice, with its texts made harmless. */
export function noticeHtml({ icon, tone, title, lines }: Notice): string {
  const below = lines.map((line) => `<div class="pveigpu-below">${Ext.htmlEncode(line)}</div>`).join('');
  return `<div class="pveigpu-notice">${iconHtml(icon, tone)}<b>${Ext.htmlEncode(title)}</b>${below}</div>`;
}

/** A notice with the icon of its tone. */
export function toneNotice(tone: Tone, title: string, lines: readonly string[]): Notice {
  return { icon: TONE_ICONS[tone], tone, title, lines };
}
