// SPDX-License-Identifier: AGPL-3.0-or-later

/** The name of the loader entry, for `grub-reboot` and `bootctl set-oneshot`. */
export const TRIAL_ID = 'pveigpu-trial';

/** A loader entry of its own that is started once: an installed kernel with some words more on its command line. */
export interface TrialEntry {
  readonly release: string;
  readonly words: readonly string[];
}

/** The script of `/etc/grub.d` that adds the entry to grub.cfg. */
export const GRUB_TRIAL_SCRIPT = '/etc/grub.d/42_pveigpu_trial';

/**
 * The script that prints the trial's entry, made from the entry that grub.cfg has for the kernel, so that disk, modules and
 * initramfs are found the same way. Null when grub.cfg has none.
 */
export function grubTrialScript(grubCfg: string, { release, words }: TrialEntry): string | null {
  const body = entryBody(grubCfg, release);
  if (body === null) return null;
  const lines = body.map((line) => (isLinux(line, release) ? `${line.trimEnd()} ${words.join(' ')}` : line));
  return [
    '#!/bin/sh',
    '# Written by pveigpu: an entry that is started once, to try a set-up; it goes with the trial',
    'exec tail -n +4 "$0"',
    `menuentry 'pveigpu trial, kernel ${release}' --id ${TRIAL_ID} {`,
    ...lines,
    '}',
    '',
  ].join('\n');
}

/** The trial's entry of systemd-boot, made from that of the kernel. */
export function systemdTrialEntry(kernelEntry: string, { release, words }: TrialEntry): string {
  return kernelEntry
    .replace(/^title[ \t].*$/m, () => `title    pveigpu trial, kernel ${release}`)
    .replace(/^(options[ \t].*?)[ \t]*$/m, (_line, options: string) => `${options} ${words.join(' ')}`);
}

/** The lines of the first menu entry of a kernel that is no recovery entry, without its first and last line. */
function entryBody(grubCfg: string, release: string): readonly string[] | null {
  const lines = grubCfg.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    if (!/^\s*menuentry /.test(lines[at] ?? '')) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === '}');
    const body = end < 0 ? [] : lines.slice(at + 1, end);
    const linux = body.find((line) => isLinux(line, release));
    if (linux !== undefined && !/\b(single|recovery)\b/.test(linux)) return body;
  }
  return null;
}

function isLinux(line: string, release: string): boolean {
  const [command = '', path = ''] = line.trim().split(/\s+/);
  return /^linux(efi|16)?$/.test(command) && path.endsWith(`/vmlinuz-${release}`);
}
