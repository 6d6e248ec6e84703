// SPDX-License-Identifier: AGPL-3.0-or-later

/** Whether a character code is white space for a Perl regex on bytes: tab, line feed, vertical tab, form feed, return, space. */
export function isPerlSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** The text without leading and trailing white space in Perl's sense; JavaScript's `trim` would also take a no-break space. */
export function perlTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPerlSpace(text.charCodeAt(start))) start++;
  while (end > start && isPerlSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Whether a text holds nothing but white space in Perl's sense. */
export function isPerlBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isPerlSpace(text.charCodeAt(i))) return false;
  return true;
}
