// SPDX-License-Identifier: AGPL-3.0-or-later
import { effectiveParameters } from '../boot/active-loader.ts';
import type { ConfigFile } from '../facts/config-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { activeConfigFiles, MODPROBE_DIRECTORIES, MODULES_LOAD_DIRECTORIES } from '../modules/config-directories.ts';
import { fromBase64 } from '../plan/file-image.ts';
import type { Ledger } from '../plan/ledger.ts';
import { uncommentLines } from './commented-lines.ts';
import { isOwnPath } from './own-path.ts';

/** A configuration file as it would be without us. */
export interface OtherFile {
  readonly path: string;
  readonly text: string;
}

/** What others say: the configuration without anything of ours, so that the same plan comes out before and after it was applied. */
export interface Others {
  readonly files: readonly OtherFile[];
  /** Words of `/proc/cmdline` that we did not put there and that the next boot has too, as far as that can be told. */
  readonly words: readonly string[];
  /** Words that we have put on the command line, booted or not. */
  readonly ourWords: readonly string[];
}

/** Reads what others say from the facts. */
export function othersOf(facts: HostFacts, ledger: Ledger): Others {
  const config = ifKnown(facts.config)?.files ?? [];
  // What somebody else has put at a path of ours is replaced by ours, so that it gives nothing.
  const files = config
    .filter(({ path }) => !isOwnPath(path))
    .map((file) => ({ path: file.path, text: uncommentLines(textOf(file)) }));
  const ourWords = wordsOfOurs(config, ledger);
  const booted = (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/);
  // A trial's words, and what somebody typed into the loader's menu, are gone with the next boot.
  const next = effectiveParameters(facts);
  const lasts = (word: string) => next === undefined || next.includes(word);
  const words = booted.filter((word) => word !== '' && !ourWords.includes(word) && lasts(word));
  return { files, words, ourWords };
}

/** Files of modprobe.d in the order in which kmod reads them, which is that of their names. */
export function modprobeFiles(files: readonly OtherFile[]): readonly OtherFile[] {
  return inOrder(files, MODPROBE_DIRECTORIES);
}

/** Files of modules-load.d in their order, with Debian's `/etc/modules`, which is one of them by a link. */
export function moduleLists(files: readonly OtherFile[]): readonly OtherFile[] {
  return [...files.filter(({ path }) => path === '/etc/modules'), ...inOrder(files, MODULES_LOAD_DIRECTORIES)];
}

/** The text of a file; bytes that are no UTF-8 become U+FFFD. */
export function textOf(file: Pick<ConfigFile, 'base64'>): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(fromBase64(file.base64));
}

function inOrder(files: readonly OtherFile[], directories: readonly string[]): readonly OtherFile[] {
  const names = directories.map((directory) =>
    files.filter(({ path }) => path.startsWith(`${directory}/`)).map(({ path }) => path.slice(directory.length + 1)),
  );
  const active = activeConfigFiles(directories, names);
  return active.flatMap((path) => files.filter((file) => file.path === path));
}

/** From our own loader snippet, and from what the ledger says of files that we edited. */
function wordsOfOurs(config: readonly ConfigFile[], ledger: Ledger): readonly string[] {
  const snippet = config.find(({ path }) => path === '/etc/default/grub.d/pveigpu.cfg');
  const own =
    snippet === undefined
      ? []
      : textOf(snippet)
          .split(/[\s"']+/)
          .filter((word) => /^[\w.-]+(=\S*)?$/.test(word));
  const edited = Object.values(ledger.files).flatMap(({ edits = [] }) =>
    edits.flatMap((edit) => (edit.kind === 'kernel-parameters' ? edit.added : [])),
  );
  return [...new Set([...own, ...edited])];
}
