// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { BootFailure, RawEntry } from './boot-menu.ts';
import { SAVED_ENTRY } from './grub-config.ts';
import { grubEnvText, readGrubEnv } from './grub-env.ts';
import { chooseGrubEntry, readGrubMenu } from './grub-menu.ts';

/**
 * What GRUB starts from the file system that holds its folder. `next_entry` counts once where GRUB can write the block (a plain
 * partition), and for ever on LVM and ZFS, which it only reads (grub-core/disk/diskfilter.c).
 */
export function startGrub(tree: FileTree, folder: string, writable: boolean): RawEntry | BootFailure {
  const path = `${folder}/grub.cfg`;
  const text = tree.text(path);
  if (text === undefined) return { reason: `the loader finds no ${path}` };
  const menu = readGrubMenu(text);
  if (menu === undefined) return { reason: `the loader cannot read ${path}` };
  const environment = readGrubEnv(tree.text(`${folder}/grubenv`));
  const next = menu.usesNextEntry ? environment?.get('next_entry') : undefined;
  if (environment !== undefined && next !== undefined && next !== '' && writable) {
    environment.set('next_entry', '');
    tree.setFile(`${folder}/grubenv`, grubEnvText(environment));
  }
  const fallback = menu.fallback === SAVED_ENTRY ? (environment?.get('saved_entry') ?? '') : menu.fallback;
  const entry = chooseGrubEntry(menu.entries, next === undefined || next === '' ? fallback : next);
  const [kernel, ...parameters] = (entry?.linux ?? '').split(/\s+/).filter((word) => word !== '');
  if (kernel === undefined) return { reason: `the loader cannot read ${path}` };
  if (entry?.initrd === undefined) return { reason: `the entry "${entry?.title}" has no initramfs` };
  return { kernel, initrd: entry.initrd, cmdline: [`BOOT_IMAGE=${kernel}`, ...parameters].join(' ') };
}
