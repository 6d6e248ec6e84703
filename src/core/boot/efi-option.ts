// SPDX-License-Identifier: AGPL-3.0-or-later

/** A boot option of the firmware: its number as four hex digits, its name, and the program that it starts. */
export interface EfiOption {
  readonly number: string;
  readonly name: string;
  /** With backslashes, as on the EFI system partition; absent for options that are no file (network, firmware setup). */
  readonly file?: string;
}

/** Where the kernel shows EFI variables, each with four bytes of attributes before its value. */
export const EFI_VARIABLES = '/sys/firmware/efi/efivars';
/** GUID of the UEFI specification's own variables. */
export const EFI_GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
/** What the running loader says of itself (https://systemd.io/BOOT_LOADER_INTERFACE/). */
export const LOADER_INFO = 'LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

const ATTRIBUTES = 4;
/** Type and subtype of a device path node that is a file path, and of the end (UEFI 2.10, 10.3.5.4 and 10.3.1). */
const MEDIA_FILE_PATH = 0x0404;
const END_TYPE = 0x7f;

/** Reads an `EFI_LOAD_OPTION` (UEFI 2.10, 3.1.3) as efivarfs shows it; undefined for bytes that are none. */
export function parseEfiOption(number: string, variable: Uint8Array): EfiOption | undefined {
  const bytes = variable.subarray(ATTRIBUTES);
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pathLength = view.getUint16(4, true);
  let at = 6;
  while (at + 1 < bytes.length && view.getUint16(at, true) !== 0) at += 2;
  if (at + 1 >= bytes.length) return undefined;
  const name = utf16(bytes.subarray(6, at));
  const file = filePath(bytes.subarray(at + 2, at + 2 + pathLength));
  return { number, name, ...(file === undefined ? {} : { file }) };
}

/** The variable that {@link parseEfiOption} reads as an option of this name and file, with nothing else in it. */
export function printEfiOption(name: string, file?: string): Uint8Array {
  const path = file === undefined ? [] : utf16Bytes(file);
  const length = path.length + 4;
  const node = file === undefined ? [] : [MEDIA_FILE_PATH >> 8, MEDIA_FILE_PATH & 255, length & 255, length >> 8, ...path];
  const list = [...node, END_TYPE, 0xff, 4, 0];
  // Attributes of the variable (7: kept, visible before and after the start of the system), then those of the option (1: active).
  return Uint8Array.of(7, 0, 0, 0, 1, 0, 0, 0, list.length & 255, list.length >> 8, ...utf16Bytes(name), ...list);
}

/** The number in `BootCurrent` as four hex digits; undefined for another length. */
export function parseBootCurrent(variable: Uint8Array): string | undefined {
  if (variable.length !== ATTRIBUTES + 2) return undefined;
  const number = (variable[4] ?? 0) + (variable[5] ?? 0) * 256;
  return number.toString(16).toUpperCase().padStart(4, '0');
}

/** The text of an EFI variable that holds one. */
export function efiText(variable: Uint8Array): string {
  return utf16(variable.subarray(ATTRIBUTES));
}

function filePath(list: Uint8Array): string | undefined {
  let path = '';
  for (let at = 0; at + 4 <= list.length; ) {
    const kind = ((list[at] ?? 0) << 8) + (list[at + 1] ?? 0);
    const length = (list[at + 2] ?? 0) + (list[at + 3] ?? 0) * 256;
    if (length < 4 || kind >> 8 === END_TYPE) break;
    if (kind === MEDIA_FILE_PATH) path += utf16(list.subarray(at + 4, at + length));
    at += length;
  }
  return path === '' ? undefined : path;
}

function utf16(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const unit = (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}

function utf16Bytes(text: string): readonly number[] {
  return [...text, '\0'].flatMap((character) => {
    const unit = character.charCodeAt(0);
    return [unit & 255, unit >> 8];
  });
}
