// SPDX-License-Identifier: AGPL-3.0-or-later

/** Reads the hex attribute of a PCI device (`0x8086`) as lower-case digits without `0x`, padded to `digits`. */
export function parseHexAttribute(text: string, digits: number): string | undefined {
  const match = /^\s*(?:0x)?([0-9a-f]{1,8})\s*$/i.exec(text);
  return match?.[1]?.toLowerCase().padStart(digits, '0');
}

/** Reads a decimal attribute; undefined for anything that is not a whole number. */
export function parseIntegerAttribute(text: string): number | undefined {
  const trimmed = text.trim();
  return /^-?[0-9]{1,15}$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** Reads `driver_override`: null for "(null)", which the kernel prints when none is set, and for an empty text. */
export function parseDriverOverride(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' || trimmed === '(null)' ? null : trimmed;
}

/** The index in `virtfn3`; undefined for another name. Index 0 is VF 1 (kernel drivers/pci/iov.c). */
export function virtfnIndex(name: string): number | undefined {
  const match = /^virtfn([0-9]{1,5})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** The last part of a link's target. */
export function linkName(target: string): string {
  return target.replace(/\/+$/, '').split('/').at(-1) ?? '';
}
