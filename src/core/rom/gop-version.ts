// SPDX-License-Identifier: AGPL-3.0-or-later
import { findBytes, utf16 } from './find-bytes.ts';
import { u16 } from './little-endian.ts';

/** The name that Intel's driver gives itself (EFI_COMPONENT_NAME2_PROTOCOL); boards write its first part in either case. */
const NAME = utf16(' GOP Driver');
/**
 * Build number and major version stand behind the name as texts of their own. Measured on the drivers 17.0.1077, 18.0.1034,
 * 21.0.1048 and 21.0.1054 of github.com/gangqizai/igd: the build at 0x88, the major version between 0x98 and 0x178.
 */
const SEARCH_BYTES = 0x1a0;
/** A driver has its name once or twice; what repeats it is none and would only cost time. */
const MOST_NAMES = 64;

/** The version of Intel's GOP driver in a driver that is not compressed, such as `17.0.1077`. */
export function findGopVersion(bytes: Uint8Array): string | undefined {
  let tried = 0;
  for (let at = findBytes(bytes, NAME); at !== undefined && tried < MOST_NAMES; at = findBytes(bytes, NAME, at + 1)) {
    tried += 1;
    if (!/intel/i.test(textAt(bytes, at - 16, 8))) continue;
    const version = versionBehind(bytes, at + NAME.length);
    if (version !== undefined) return version;
  }
  return undefined;
}

/** `[10.0.1030]` as part of the name, or two numbers of four and of one or two digits in fields of their own. */
function versionBehind(bytes: Uint8Array, at: number): string | undefined {
  const text = textAt(bytes, at, SEARCH_BYTES / 2);
  const [, inName] = /^ \[(\d{1,3}\.\d{1,3}\.\d{1,5})\]/.exec(text) ?? [];
  if (inName !== undefined) return inName;
  const numbers = text.split(/\0+/).filter((word) => /^\d+$/.test(word));
  const build = numbers.find((word) => word.length === 4);
  const major = numbers.find((word) => word.length === 2);
  return build === undefined || major === undefined ? undefined : `${major}.0.${build}`;
}

/** UTF-16 units as text; what lies outside the bytes, and what is no ASCII, counts as an end of a field. */
function textAt(bytes: Uint8Array, at: number, units: number): string {
  let text = '';
  for (let i = 0; i < units; i += 1) {
    const unit = u16(bytes, at + 2 * i);
    text += unit >= 0x20 && unit < 0x7f ? String.fromCharCode(unit) : '\0';
  }
  return text;
}
