// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseCmdline, printParameters } from './cmdline.ts';
import { KERNEL_CMDLINE } from './detect-loaders.ts';
import { addWords } from './edit-words.ts';
import { missingWords } from './missing-words.ts';
import { type PlacedWord, placedWords } from './placed-words.ts';
import type { Settled } from './settle-grub.ts';
import { placeInCmdline } from './word-place.ts';

/**
 * The words that systemd-boot's entries get from the file: of Proxmox's tool the first line alone (zz-proxmox-boot,
 * get_first_line), of Debian's kernel-install all lines (90-loaderentry.install).
 */
export function kernelCmdlineWords(text: string, tool: boolean): readonly PlacedWord[] {
  return placedWords([{ text: tool ? (/^[^\n]*/.exec(text)?.[0] ?? '') : text, at: 0 }]);
}

/** The command line of systemd-boot, edited in place: there is no snippet that it would read besides. */
export function settleKernelCmdline(
  theirs: string | null,
  wanted: readonly string[],
  context: {
    readonly tool: boolean;
    readonly active: boolean;
    readonly running: string;
    readonly force: boolean;
    readonly replacing?: readonly string[];
  },
): Settled {
  // Both tools take the running kernel's command line where there is no file, so we write it down before we add to it.
  const text = theirs ?? `${withoutLoaderWords(context.running)}\n`;
  const words = kernelCmdlineWords(text, context.tool);
  const { missing, remarks } = missingWords(words, wanted, {
    force: context.force,
    source: KERNEL_CMDLINE,
    replacing: context.replacing ?? [],
  });
  if (missing.length === 0) return { files: [], remarks };
  const place = placeInCmdline(text);
  if (place === undefined || !words.some((word) => word.text.startsWith('root=') && word.text.length > 'root='.length)) {
    const id = 'boot.no-root';
    const what = theirs === null ? 'The running command line' : `The first line of ${KERNEL_CMDLINE}`;
    const message = `${what} has no root=, so proxmox-boot-tool would refuse it.`;
    if (!context.active) return { files: [], remarks: [{ level: 'warning', id, text: message }] };
    const hint = `Write the whole command line with root= into the first line of ${KERNEL_CMDLINE}.`;
    return { files: [], remarks: [...remarks, { level: 'blocker', id, text: message, hint, code: 'format.unreadable' }] };
  }
  return { files: [{ path: KERNEL_CMDLINE, ...addWords(text, place, missing, [], context.replacing) }], remarks };
}

function withoutLoaderWords(cmdline: string): string {
  const { parameters, initArguments } = parseCmdline(cmdline);
  const kept = parameters.filter(({ name }) => name !== 'BOOT_IMAGE' && name !== 'initrd');
  return [printParameters(kept), ...(initArguments.length === 0 ? [] : ['--', ...initArguments])].join(' ');
}
