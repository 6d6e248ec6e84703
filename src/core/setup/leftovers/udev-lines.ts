// SPDX-License-Identifier: AGPL-3.0-or-later

/** A rule of udev and the lines of the file that it stands on. */
export interface UdevLine {
  /** Number of its first line, from 1. */
  readonly line: number;
  /** The lines as they stand in the file. */
  readonly text: string;
  /** What udev takes it for: one line. */
  readonly rule: string;
}

/**
 * The rules of a file of udev. A line that ends with a backslash goes on in the next one, whose leading blanks do not count; a line that
 * starts with `#` is left out, also in the middle of a rule (systemd src/udev/udev-rules.c, udev_rules_parse_file).
 */
export function udevLines(text: string): readonly UdevLine[] {
  const lines = text.split('\n');
  const found: UdevLine[] = [];
  let begun: { readonly line: number; readonly rule: string } | undefined;
  for (const [index, raw] of lines.entries()) {
    const plain = raw.trimStart();
    if (plain.startsWith('#')) continue;
    const { line, rule } = begun ?? { line: index + 1, rule: '' };
    const goesOn = plain.endsWith('\\');
    begun = goesOn ? { line, rule: rule + plain.slice(0, -1) } : undefined;
    if (!goesOn && rule + plain !== '')
      found.push({ line, text: lines.slice(line - 1, index + 1).join('\n'), rule: rule + plain });
  }
  return found;
}
