// SPDX-License-Identifier: AGPL-3.0-or-later
import { argsItems, deviceOptions } from '../guest/args-items.ts';
import { appendWords, hasWords, parseArgs, printArgs, removeWords } from '../guest/args-line.ts';
import { ok, type Result } from '../problem.ts';
import { ownTable, tableWords } from './own-tables.ts';

/** The header that QEMU puts before bytes that are given with `data=`. */
const HEADER_BYTES = 36;

/** One `-acpitable` of a guest's `args` (QEMU hw/acpi/core.c, acpi_table_add). */
export interface TableOption {
  readonly words: readonly string[];
  /** QEMU makes one table of all these files. */
  readonly files: readonly string[];
  /** What QEMU adds to the bytes of the files. */
  readonly headerBytes: number;
  readonly isOurs: boolean;
}

/** Every `-acpitable` of an `args` line in order. Fails where PVE cannot split the line. */
export function tableOptions(args: string): Result<readonly TableOption[]> {
  const line = parseArgs(args);
  if (!line.ok) return line;
  const options = argsItems(line.value).flatMap((item): TableOption[] => {
    if (item.kind !== 'acpitable') return [];
    const words = line.value.words.slice(item.at, item.at + item.count).map(({ value }) => value);
    const values = deviceOptions(`_,${item.value}`);
    const [file, data] = [values.get('file'), values.get('data')];
    const files = (file ?? data ?? '').split(':').filter((path) => path !== '');
    const isOurs = files.length === 1 && ownTable(files[0] ?? '') !== undefined;
    return [{ words, files, headerBytes: file === undefined && data !== undefined ? HEADER_BYTES : 0, isOurs }];
  });
  return ok(options);
}

/** The sum of what QEMU takes in, or the first file whose size is not known. */
export function sumOfTables(
  options: readonly TableOption[],
  sizeOf: (path: string) => number | undefined,
): { readonly bytes: number } | { readonly unknown: string } {
  let bytes = 0;
  for (const { files, headerBytes } of options) {
    bytes += headerBytes;
    for (const path of files) {
      const size = sizeOf(path);
      if (size === undefined) return { unknown: path };
      bytes += size;
    }
  }
  return { bytes };
}

/** An `args` line with exactly these tables of ours (each as path's name in the guest's folder) behind all else, byte for byte. */
export function withTables(args: string, vmid: number, names: readonly string[]): Result<string> {
  const options = tableOptions(args);
  if (!options.ok) return options;
  const parsed = parseArgs(args);
  if (!parsed.ok) return parsed;
  const wanted = names.map((name) => tableWords(vmid, name));
  let line = parsed.value;
  for (const { words, isOurs } of options.value) {
    const isWanted = wanted.some((one) => one.every((word, at) => words[at] === word));
    if (isOurs && !isWanted) line = removeWords(line, words) ?? line;
  }
  for (const words of wanted) if (!hasWords(line, words)) line = appendWords(line, words);
  return ok(printArgs(line));
}

/** An `args` line without any table of ours, also those of the guest that it was cloned from; a line that cannot be split stays. */
export function withoutOwnTables(args: string): string {
  const without = withTables(args, 0, []);
  return without.ok ? without.value : args;
}
