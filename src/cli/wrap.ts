// SPDX-License-Identifier: AGPL-3.0-or-later

/** A paragraph folded to a width, each line after the first indented by `hang` blanks. */
export function wrap(text: string, columns: number, hang = 0): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const limit = columns - (lines.length > 0 ? hang : 0);
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${' '.repeat(hang)}`);
}
