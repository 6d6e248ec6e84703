// SPDX-License-Identifier: AGPL-3.0-or-later
import { efiText, parseEfiOption, printEfiOption } from '../boot/efi-option.ts';
import { grubEntries } from '../boot/grub-cfg.ts';
import { GRUB_VARIABLES } from '../boot/grub-defaults.ts';
import { evaluateShell } from '../boot/shell-assignments.ts';
import type { ShellValue } from '../boot/shell-word.ts';
import { keptCmdlineWords } from './kept-cmdline.ts';

const OWN_HEADER = '# Written by pveigpu';
/** Stands for the value that a variable has before the file is read; no command line has this character. */
const BEFORE = '\u0001';

/**
 * A file of GRUB's defaults with nothing but the kernel command lines that it sets, their words as strictly kept as those of
 * `/proc/cmdline`, and with the release of a pinned kernel. What only a shell could tell is `$(_)`.
 */
export function keptGrubDefaults(text: string): string {
  const preamble = GRUB_VARIABLES.map((name, index) => `${name}='${BEFORE.repeat(index + 1)} '\n`).join('');
  const state = evaluateShell([
    { path: 'before', text: preamble },
    { path: 'file', text },
  ]);
  const changed = (name: string) =>
    state.valueOf(name).some((part) => part === 'unknown') ||
    state.assignments.some(({ path, name: assigned }) => path === 'file' && assigned === name);
  const lines = GRUB_VARIABLES.filter(changed).map((name) => `${name}="${keptValue(state.valueOf(name))}"\n`);
  const pin = /^GRUB_DEFAULT=.*>gnulinux-(\d[\w.+~-]{0,80}?)-advanced-/m.exec(text)?.[1];
  return [
    ...(text.startsWith(OWN_HEADER) ? [`${OWN_HEADER}\n`] : []),
    ...(pin === undefined ? [] : [`GRUB_DEFAULT="gnulinux-advanced-_>gnulinux-${pin}-advanced-_"\n`]),
    ...lines,
  ].join('');
}

function keptValue(value: ShellValue): string {
  const text = value.map((part) => (part === 'unknown' ? '\u0002' : part.text)).join('');
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words
    .map((word) => {
      if (word.includes('\u0002')) return '$(_)';
      if (/^\u0001+$/.test(word)) return `$${GRUB_VARIABLES[word.length - 1]}`;
      return keptCmdlineWords(word.replace(/["'\\$`\u0001]/g, ''));
    })
    .filter((word) => word !== '')
    .join(' ');
}

/** `/etc/kernel/cmdline`, line by line as strictly kept as `/proc/cmdline`. */
export function keptKernelCmdline(text: string): string {
  return text.split('\n').map(keptCmdlineWords).join('\n');
}

/** The kernels that a `grub.cfg` starts, with their parameters as strictly kept as `/proc/cmdline`, and nothing else. */
export function keptGrubCfg(text: string): string {
  return grubEntries(text)
    .filter(({ release }) => /^\d[\w.+~-]{0,80}$/.test(release))
    .map(({ release, parameters }) => `\tlinux\t/vmlinuz-${release} ${keptCmdlineWords(parameters.join(' '))}\n`)
    .join('');
}

/** The volume serial numbers of EFI system partitions are numbered afresh: how many there are is what counts. */
export function keptEspUuids(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  return lines.map((_, index) => `0000-${String(index + 1).padStart(4, '0')}\n`).join('');
}

/** Files with a kernel release on each line. */
export function keptReleases(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\d+\.\d+[\w.+~-]{0,80}$/.test(line.trim()) ? line.trim() : ''))
    .join('\n');
}

/** A boot option of the firmware with its loader alone: names of disks with serial numbers, addresses and partition ids are gone. */
export function keptEfiOption(bytes: Uint8Array): Uint8Array {
  const option = parseEfiOption('0000', bytes);
  const file = /^\\EFI\\(proxmox|debian|systemd|boot|ubuntu)\\[\w-]{1,40}\.efi$/i.test(option?.file ?? '')
    ? option?.file
    : undefined;
  const name = /^(proxmox|debian|Linux Boot Manager|UEFI OS)$/.test(option?.name ?? '') ? (option?.name ?? '_') : '_';
  return printEfiOption(name, file);
}

/** What the loader says of itself, where it is one that we know. */
export function keptLoaderInfo(bytes: Uint8Array): Uint8Array {
  return /^(systemd-boot|GRUB)[ \w.~+:-]{0,60}$/.test(efiText(bytes)) ? bytes : bytes.slice(0, 4);
}
