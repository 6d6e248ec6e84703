// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
/** The vendor GUID of the Boot Loader Interface (https://systemd.io/BOOT_LOADER_INTERFACE/). */
const LOADER = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

export const LOADER_INFO = `LoaderInfo-${LOADER}`;
export const LOADER_ENTRY_ONE_SHOT = `LoaderEntryOneShot-${LOADER}`;
export const LOADER_ENTRY_SELECTED = `LoaderEntrySelected-${LOADER}`;
export const BOOT_CURRENT = `BootCurrent-${GLOBAL}`;
export const BOOT_ORDER = `BootOrder-${GLOBAL}`;

const FOLDER = '/sys/firmware/efi/efivars';

/** A text as EFI variables hold it: UTF-16 with a zero at its end. */
export function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length + 1) * 2);
  for (let at = 0; at < text.length; at += 1) new DataView(bytes.buffer).setUint16(at * 2, text.charCodeAt(at), true);
  return bytes;
}

/** The text of an EFI variable that holds one. */
export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder('utf-16le').decode(bytes).replace(/\0.*$/s, '');
}

/** A boot option of the firmware as `efibootmgr -v` shows it: name and path of the loader on the partition (UEFI 2.10, 3.1.3). */
export function bootOption(name: string, loader: string): Uint8Array {
  const [description, path] = [utf16(name), utf16(loader)];
  // A media device path of the kind "file path", then the end of the path.
  const list = Uint8Array.of(4, 4, (path.length + 4) & 0xff, (path.length + 4) >> 8, ...path, 0x7f, 0xff, 4, 0);
  return Uint8Array.of(1, 0, 0, 0, list.length & 0xff, list.length >> 8, ...description, ...list);
}

/** Shows the variables below `/sys/firmware/efi/efivars`: four bytes of attributes, then the value. */
export function showEfiVariables(tree: FileTree, variables: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, value] of variables) showEfiVariable(tree, name, value);
}

/** Shows one variable, or takes it away. */
export function showEfiVariable(tree: FileTree, name: string, value: Uint8Array | undefined): void {
  // 7: kept, and to be had before and after the system runs; 6: the latter two only.
  const attributes = name === LOADER_INFO || name === LOADER_ENTRY_SELECTED || name === BOOT_CURRENT ? 6 : 7;
  if (value === undefined) tree.remove(`${FOLDER}/${name}`);
  else tree.setFile(`${FOLDER}/${name}`, Uint8Array.of(attributes, 0, 0, 0, ...value));
}
