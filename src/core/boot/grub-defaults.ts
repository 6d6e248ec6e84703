// SPDX-License-Identifier: AGPL-3.0-or-later
import { type PlacedWord, placedWords } from './placed-words.ts';
import type { ShellFile, ShellState } from './shell-assignments.ts';

/** The file that Debian's grub-mkconfig reads first. */
export const GRUB_DEFAULTS = '/etc/default/grub';
const GRUB_FOLDER = '/etc/default/grub.d/';
/** Ours, read after most others and before those whose names come later. */
export const OWN_GRUB = `${GRUB_FOLDER}pveigpu.cfg`;

/** Parameters of every entry, then those of entries that are not for recovery: the order in which 10_linux puts them. */
export const GRUB_VARIABLES: readonly string[] = ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT'];
/** The variable that we add to: recovery entries stay as they are. */
export const GRUB_VARIABLE = 'GRUB_CMDLINE_LINUX_DEFAULT';

/** Whether grub-mkconfig reads a file; the shell's `*.cfg` leaves out names with a dot in front. */
export function isGrubFile(path: string): boolean {
  return path === GRUB_DEFAULTS || /^\/etc\/default\/grub\.d\/[^./][^/]*\.cfg$/.test(path);
}

/** The files in the order in which Debian's grub-mkconfig reads them: the main file, then the others by the bytes of their names. */
export function inGrubOrder(files: readonly ShellFile[]): readonly ShellFile[] {
  const rank = ({ path }: ShellFile) => (path === GRUB_DEFAULTS ? '' : path);
  return files.filter(({ path }) => isGrubFile(path)).sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

/** The words that GRUB passes to the default entry's kernel after the ones of its own (`BOOT_IMAGE`, `root`, `ro`). */
export function grubWords(state: ShellState): readonly PlacedWord[] {
  const [all = [], normal = []] = GRUB_VARIABLES.map((name) => state.valueOf(name));
  return placedWords([...all, { text: ' ', at: null }, ...normal]);
}

/** Our snippet; the words are plain, so that no quoting is needed. */
export function ownGrubText(words: readonly string[]): string {
  return (
    '# Written by pveigpu; `pveigpu apply host` takes it away again.\n' +
    `${GRUB_VARIABLE}="$${GRUB_VARIABLE} ${words.join(' ')}"\n`
  );
}
