// SPDX-License-Identifier: AGPL-3.0-or-later

/** What stands before a line that we switched off in a file that is somebody else's. */
export const COMMENT_MARK = '# pveigpu: ';

/** A line as it stands while it is switched off. kmod joins a continued line before it looks for `#`, so its first part is enough. */
export function commented(line: string): string {
  return `${COMMENT_MARK}${line}`;
}

/** A text with the given lines (numbers from 1) switched off; all other bytes stay. */
export function commentLines(text: string, numbers: readonly number[]): string {
  return text
    .split('\n')
    .map((line, index) => (numbers.includes(index + 1) ? commented(line) : line))
    .join('\n');
}

/** A text as it was before we switched lines off: the inverse of {@link commentLines}, whatever else was changed since. */
export function uncommentLines(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith(COMMENT_MARK) ? line.slice(COMMENT_MARK.length) : line))
    .join('\n');
}

/** Whether we have switched a line off, by its number from 1. */
export function isSwitchedOff(text: string, line: number): boolean {
  return text.split('\n')[line - 1]?.startsWith(COMMENT_MARK) === true;
}
