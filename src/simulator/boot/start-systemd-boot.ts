// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { BootFailure, RawEntry } from './boot-menu.ts';
import { LOADER_ENTRY_ONE_SHOT, LOADER_ENTRY_SELECTED, textOf, utf16 } from './efi-variables.ts';
import { compareReleases } from './release-order.ts';

/**
 * What systemd-boot starts from an EFI system partition: the entry chosen for one boot, which it forgets before it starts it,
 * else the newest one that the pattern in loader.conf takes, else the newest (systemd src/boot/boot.c).
 */
export function startSystemdBoot(esp: FileTree, variables: Map<string, Uint8Array>): RawEntry | BootFailure {
  const entries = (esp.names('/loader/entries') ?? []).filter((name) => name.endsWith('.conf') && isEntry(esp, name));
  const sorted = entries.sort(compareReleases).reverse();
  const once = textOf(variables.get(LOADER_ENTRY_ONE_SHOT));
  variables.delete(LOADER_ENTRY_ONE_SHOT);
  const pattern = /^default[ \t]+(\S+)/m.exec(esp.text('/loader/loader.conf') ?? '')?.[1];
  const id =
    (once === undefined ? undefined : sorted.find((name) => matches(once, name))) ??
    (pattern === undefined ? undefined : sorted.find((name) => matches(pattern, name))) ??
    sorted[0];
  if (id === undefined) return { reason: 'the loader finds no entry in /loader/entries' };
  variables.set(LOADER_ENTRY_SELECTED, utf16(id));
  const field = (key: string) => fieldOf(esp.text(`/loader/entries/${id}`) ?? '', key);
  const [kernel = '', initrd, options = ''] = [field('linux'), field('initrd'), field('options')];
  if (initrd === undefined) return { reason: `the entry ${id} has no initramfs` };
  return { kernel, initrd, cmdline: `initrd=${initrd.replaceAll('/', '\\')} ${options}`.trim() };
}

/** The loader leaves out an entry without a kernel, and one whose kernel is not there. */
function isEntry(esp: FileTree, name: string): boolean {
  const kernel = fieldOf(esp.text(`/loader/entries/${name}`) ?? '', 'linux');
  return kernel !== undefined && esp.get(kernel) !== undefined;
}

function fieldOf(text: string, key: string): string | undefined {
  return new RegExp(`^${key}[ \\t]+(.*\\S)`, 'm').exec(text)?.[1];
}

/** A pattern with `*` and `?`, or the id with or without its ending. */
function matches(pattern: string, name: string): boolean {
  if (pattern === name || `${pattern}.conf` === name) return true;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
