// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../problem.ts';
import { buffer, integer, named } from './aml.ts';
import type { AcpiTable } from './rom-tables.ts';
import { MAX_TABLE_BYTES, ssdt } from './ssdt.ts';

/** QEMU pads all ACPI tables together to a multiple of this (hw/i386/acpi-build.c, ACPI_BUILD_TABLE_SIZE). */
const BUCKET_BYTES = 0x20000;
/** What QEMU's own tables and their growth may take of a bucket: 75 KiB were measured with 128 CPUs and 255 slots for memory. */
const FREE_BYTES = 32 * 1024;
/** QEMU aborts when all tables have 2 MiB (hw/i386/acpi-build.c); its own need room too. */
const MAX_TOTAL_BYTES = 1.5 * 1024 * 1024;
/** From here on a pad's length says nothing of the form of its numbers, so that any size can be had. */
const LEAST_PAD_BYTES = 8192;
const SPLIT_BYTES = 49_152;

/**
 * Whether a guest would start without ACPI. QEMU makes its tables twice, the second time larger, once the firmware has looked at the PCI
 * devices; where that takes one more bucket, SeaBIOS and newer OVMFs, which noted the size before, read beyond the end or give up.
 * With additional tables of a multiple of the bucket all is as without them.
 */
export function isBadSum(sumBytes: number): boolean {
  return sumBytes % BUCKET_BYTES > FREE_BYTES;
}

/**
 * Tables of zeros that bring the sum of all additional tables to a size with which the guest starts; none where it has one. Fails with
 * `guest.config` when all of them together are more than QEMU takes.
 */
export function padTables(sumBytes: number): Result<readonly AcpiTable[]> {
  const sizes = isBadSum(sumBytes) ? padSizes(BUCKET_BYTES - (sumBytes % BUCKET_BYTES)) : [];
  const total = sizes.reduce((sum, size) => sum + size, sumBytes);
  if (total > MAX_TOTAL_BYTES)
    return problem(
      'guest.config',
      `The ACPI tables of the guest would have ${total} bytes; QEMU takes ${MAX_TOTAL_BYTES} beside its own.`,
      {
        hint: 'Use a smaller ROM: cut off what follows its last image (pveigpu rom info says where that is).',
      },
    );
  return { ok: true, value: sizes.map(pad) };
}

function padSizes(missing: number): readonly number[] {
  if (missing < LEAST_PAD_BYTES) return [LEAST_PAD_BYTES + missing];
  return missing <= MAX_TABLE_BYTES ? [missing] : [SPLIT_BYTES, missing - SPLIT_BYTES];
}

/** A table of exactly this size. */
function pad(size: number, at: number): AcpiTable {
  const id = `VP0${at}`;
  const table = (content: number) => ssdt(id, named(`\\_SB.${id}`, buffer(integer(content), new Uint8Array(content))));
  const overhead = table(LEAST_PAD_BYTES).length - LEAST_PAD_BYTES;
  return { name: `pad-${at}.aml`, bytes: table(size - overhead) };
}
