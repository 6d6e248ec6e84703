// SPDX-License-Identifier: AGPL-3.0-or-later
import type { KernelState, Outcome } from './state.ts';

/** Where the module acpi_call takes a call and shows its answer. */
export const ACPI_CALL = '/proc/acpi/call';

/** Its buffer for an answer, with the zero at the end (acpi_call.c, BUFFER_SIZE); what is longer is cut there. */
const BUFFER_BYTES = 256;
/** ACPI 6.5, B.3.3: `_ROM` gives at most this. */
const MOST_ROM_BYTES = 4096;

/** Evaluates `<path>._ROM OFFSET LENGTH` on the ROM that a test put in, filled up with zeros behind its end; there is no other method. */
export function writeAcpiCall({ tree, injections }: KernelState, value: string): Outcome {
  const answer = (text: string): Outcome => {
    tree.setFile(ACPI_CALL, `${text.slice(0, BUFFER_BYTES - 1)}\0`, { mode: 0o600 });
    return 'ok';
  };
  const [, offset, length] = /^\\[A-Z0-9_.]+\._ROM (\d+) (\d+)$/.exec(value.trim()) ?? [];
  const rom = injections.acpiRom;
  if (rom === undefined || offset === undefined || length === undefined) return answer('Error: AE_NOT_FOUND');
  const bytes = new Uint8Array(Math.min(Number(length), MOST_ROM_BYTES));
  bytes.set(rom.subarray(Number(offset), Number(offset) + bytes.length));
  return answer(`{${[...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}}`);
}
