// SPDX-License-Identifier: AGPL-3.0-or-later
import { constants } from 'node:os';

/** The name of an error number of this machine, for example 16 is `EBUSY`; `E<number>` when it has none. */
export function errnoName(number: number): string {
  for (const [name, value] of Object.entries(constants.errno)) if (value === number) return name;
  return OTHER[number] ?? `E${number}`;
}

/** Linux errnos that node does not name and that attributes answer (include/uapi/asm-generic/errno.h). */
const OTHER: { readonly [number: number]: string } = {
  121: 'EREMOTEIO',
  123: 'ENOMEDIUM',
  512: 'ERESTARTSYS',
  524: 'ENOTSUPP',
};

/** The errno name of something that node:fs or node:child_process threw; `EINVAL` for a path that node itself refuses (NUL bytes). */
export function errnoOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code !== 'string' || code.startsWith('ERR_')) return 'EINVAL';
  return code;
}
