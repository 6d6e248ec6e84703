// SPDX-License-Identifier: AGPL-3.0-or-later
import { TONE_ICONS, type Tone } from '../model/tone.ts';

/** Text of a cell. ExtJS takes markup, so everything goes through {@link cellHtml}. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** A Font Awesome icon; else that of the tone, when there is one. */
  readonly icon?: string;
  /** Smaller lines below. */
  readonly lines?: readonly string[];
}

/** PVE's classes for the colours (proxmox-widget-toolkit, ext6-pmx.css). */
const TONE_CLASSES: { readonly [T in Tone]: string } = {
  good: 'good',
  warning: 'warning',
  critical: 'critical',
  info: 'info-blue',
  none: 'faded',
};

/** Markup of an icon in the colour of a tone, or that of the text; `icon` is a name of ours, never text of a node. */
export function iconHtml(icon: string, tone?: Tone): string {
  const colour = tone === undefined ? '' : ` ${TONE_CLASSES[tone]}`;
  return `<i class="fa fa-fw ${icon}${colour}" aria-hidden="true"></i> `;
}

/** Markup of a cell, with its text made harmless. */
export function cellHtml({ text, tone, icon, lines = [] }: Cell): string {
  const iconName = icon ?? (tone === undefined ? undefined : TONE_ICONS[tone]);
  const below = lines.map((line) => `<div class="pveigpu-below">${Ext.htmlEncode(line)}</div>`).join('');
  return `${iconName === undefined ? '' : iconHtml(iconName, tone)}${Ext.htmlEncode(text)}${below}`;
}

/** A time as PVE writes it, in the zone of the browser: `2026-11-21 19:36:00`. */
export function whenText(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
