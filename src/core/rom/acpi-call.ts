// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Bytes of a buffer that one answer of acpi_call can hold: its own buffer has 256 characters, `{0x55, ` is six for each byte (acpi_call.c,
 * BUFFER_SIZE). Debian's package acpi-call-dkms has the module.
 */
const BYTES_PER_CALL = 42;
/** `_ROM` gives at most a page (ACPI 6.5, B.3.3), and some firmware fills up with zeros where a call crosses into the next one. */
export const ROM_PAGE_BYTES = 4096;

/** One call of `_ROM`: what is asked for, and the line that asks for it. */
export interface RomCall {
  readonly offset: number;
  readonly bytes: number;
  readonly line: string;
}

/** The calls for one page of the ROM that a device's ACPI node (`\_SB_.PCI0.PEG0.PEGP`) gives; none crosses a page. */
export function romPageCalls(node: string, pageOffset: number): readonly RomCall[] {
  const calls: RomCall[] = [];
  for (let at = 0; at < ROM_PAGE_BYTES; at += BYTES_PER_CALL) {
    const [offset, bytes] = [pageOffset + at, Math.min(BYTES_PER_CALL, ROM_PAGE_BYTES - at)];
    calls.push({ offset, bytes, line: `${node}._ROM ${offset} ${bytes}` });
  }
  return calls;
}

/** What acpi_call answered: bytes, or what it said instead (`Error: AE_NOT_FOUND`, `not called`). */
export function parseCallAnswer(text: string): Uint8Array | string {
  const answer = text.replace(/\0[\s\S]*$/, '').trim();
  const [, list] = /^\{([^}]*)\}$/.exec(answer) ?? [];
  if (list === undefined) return answer === '' ? 'nothing' : answer;
  const words = list.split(',').map((word) => word.trim());
  if (words.length === 1 && words[0] === '') return new Uint8Array();
  return words.every((word) => /^0x[0-9a-f]{1,2}$/i.test(word)) ? Uint8Array.from(words, Number) : answer;
}

/** A path of the ACPI name space, with nothing in it that would be another word of a call. */
export function isAcpiPath(text: string): boolean {
  return /^\\[A-Z_][A-Z0-9_]{0,3}(\.[A-Z_][A-Z0-9_]{0,3})*$/.test(text);
}
