// SPDX-License-Identifier: AGPL-3.0-or-later

/** How long a made-visible text may get when the caller names no limit, in UTF-16 units. */
export const VISIBLE_LIMIT = 1000;

/**
 * C0 and C1 controls, DEL, zero-width and bidirectional marks, line and paragraph separators, the byte-order mark, tag
 * characters and halves of surrogate pairs: all that can move a cursor, hide text or reorder it on a terminal or a page.
 */
const HOSTILE =
  /[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu;

/**
 * The text with control characters and terminal escapes written out (`\x1b`, `\n`, `\u202e`), cut after `limit` UTF-16
 * units with a final `…`. The result holds no line end, so one input stays one line.
 */
export function visible(text: string, limit: number = VISIBLE_LIMIT): string {
  // Escapes only lengthen, so nothing beyond the limit can be needed.
  const shown = text.slice(0, limit + 1).replace(HOSTILE, written);
  if (shown.length <= limit) return shown;
  const cut = shown.slice(0, Math.max(0, limit - 1));
  return `${endsInHalfPair(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Says whether a text would be changed by {@link visible}, its length aside. */
export function isPlain(text: string): boolean {
  return text.search(HOSTILE) === -1;
}

function written(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function endsInHalfPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
