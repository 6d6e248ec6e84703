// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ConfigFacts } from '../facts/config-facts.ts';
import type { FileImage } from '../plan/action.ts';
import type { Ledger } from '../plan/ledger.ts';
import { sha1Hex } from '../text/sha1.ts';
import { KERNEL_CMDLINE } from './detect-loaders.ts';
import { isGrubFile, OWN_GRUB } from './grub-defaults.ts';
import { uneditFile } from './unedit.ts';

/**
 * A file that holds words of the kernel command line. Texts have one character for each byte, so that files in any encoding
 * come back as they were.
 */
export interface CmdlineFile {
  readonly path: string;
  readonly before: FileImage;
  readonly now: string | null;
  /** As it would be without us; null when it would not exist. */
  readonly theirs: string | null;
  /** Words in it that are ours. */
  readonly ours: readonly string[];
}

/** Whether a file is settled by the planner of the command line and by nobody else. */
export function isCmdlineFile(path: string): boolean {
  return path === KERNEL_CMDLINE || isGrubFile(path);
}

/** Every such file that is there or that the ledger knows, with our part told from theirs. */
export function cmdlineFiles(config: ConfigFacts, ledger: Ledger): readonly CmdlineFile[] {
  const paths = [...config.files.map(({ path }) => path), ...Object.keys(ledger.files), OWN_GRUB, KERNEL_CMDLINE];
  return [...new Set(paths.filter(isCmdlineFile))].sort().map((path) => {
    const file = config.files.find((one) => one.path === path);
    const before: FileImage =
      file === undefined
        ? { kind: 'absent' }
        : { kind: 'file', base64: file.base64, mode: file.mode, uid: file.uid, gid: file.gid };
    const now = file === undefined ? null : atob(file.base64);
    const noted = Object.hasOwn(ledger.files, path) ? ledger.files[path] : undefined;
    const edits = (noted?.edits ?? []).filter((edit) => edit.kind === 'kernel-parameters');
    return { path, before, now, theirs: theirsOf(path, now, noted, edits), ours: edits.flatMap(({ added }) => added) };
  });
}

function theirsOf(
  path: string,
  now: string | null,
  noted: Ledger['files'][string] | undefined,
  edits: NonNullable<Ledger['files'][string]['edits']>,
): string | null {
  if (noted === undefined) return path === OWN_GRUB && now?.startsWith(OWN_HEADER) === true ? null : now;
  const pristine = noted.pristine.kind === 'absent' ? null : atob(noted.pristine.base64);
  if (path === OWN_GRUB) return pristine?.startsWith(OWN_HEADER) === true ? null : pristine;
  if (now === null || noted.wroteSha1 === sha1Hex(bytesOf(now))) return now === null ? null : pristine;
  return edits.reduce((text, edit) => uneditFile(text, edit), now);
}

const OWN_HEADER = '# Written by pveigpu';

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
