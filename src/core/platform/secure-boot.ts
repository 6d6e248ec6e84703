// SPDX-License-Identifier: AGPL-3.0-or-later

/** The EFI variable that tells whether Secure Boot is enforced (UEFI specification, global variable GUID). */
export const SECURE_BOOT_VARIABLE = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** Reads the variable as efivarfs shows it: four bytes of attributes, then one byte; undefined for another length. */
export function parseSecureBoot(bytes: Uint8Array): boolean | undefined {
  return bytes.length === 5 ? bytes[4] === 1 : undefined;
}
