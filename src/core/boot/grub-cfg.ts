// SPDX-License-Identifier: AGPL-3.0-or-later
import { placedWords } from './placed-words.ts';

/** A kernel that the loader's own files start, and with which parameters. */
export interface LoaderEntry {
  readonly release: string;
  /** Without the kernel's path; the root device is among them. */
  readonly parameters: readonly string[];
}

/** `linux` is for every firmware, the other two are of older GRUBs (grub util/grub.d/10_linux.in). */
const LINE = /^[ \t]*linux(?:16|efi)?[ \t]+\S*\/vmlinuz-(\S+)[ \t]*(.*)$/gm;

/** The entries of a `grub.cfg`, of each kernel the first one: those for recovery come after it. */
export function grubEntries(text: string): readonly LoaderEntry[] {
  const found = new Map<string, readonly string[]>();
  for (const [, release = '', parameters = ''] of text.matchAll(LINE))
    if (!found.has(release))
      found.set(
        release,
        placedWords([{ text: parameters, at: null }]).map((word) => word.text),
      );
  return [...found].map(([release, parameters]) => ({ release, parameters }));
}
