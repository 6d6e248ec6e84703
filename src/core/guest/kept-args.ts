// SPDX-License-Identifier: AGPL-3.0-or-later
import { shellQuote } from '../text/shellwords.ts';
import { type ArgsItem, argsItems } from './args-items.ts';
import { type ArgsLine, parseArgs } from './args-line.ts';

/** What stands for a word that is not kept. */
const MASK = '_';

/** QEMU options whose value says nothing of persons or machines and may matter for graphics. */
const KEPT_OPTIONS: ReadonlySet<string> = new Set(['-cpu', '-machine', '-M', '-vga', '-display', '-nodefaults']);

/**
 * An `args:` value without serials, UUIDs, names and addresses: the words that concern passthrough stay, every other word becomes `_`, so
 * that the number of words stays. A line that PVE cannot split becomes one quote, which it cannot split either.
 */
export function keptArgs(text: string): string {
  const line = parseArgs(text);
  if (!line.ok) return "'";
  return argsItems(line.value)
    .flatMap((item) => keptWords(item, line.value))
    .join(' ');
}

function keptWords(item: ArgsItem, line: ArgsLine): readonly string[] {
  const words = line.words.slice(item.at, item.at + item.count).map((word) => word.value);
  const [option = '', value] = words;
  const name = /^--?[a-z][a-z0-9-]*$/i.test(option) ? option : MASK;
  if (value === undefined) return [name];
  if (item.kind === 'set') {
    const kept = /^hostpci\d+$/.test(item.device) ? value : `device.${MASK}.${MASK}=${MASK}`;
    return [name, shellQuote(kept)];
  }
  const isKept = item.kind !== 'other' || KEPT_OPTIONS.has(name) || (name === '-global' && value.startsWith('vfio-pci.'));
  return [name, isKept ? shellQuote(value) : MASK];
}
