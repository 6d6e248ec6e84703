// SPDX-License-Identifier: AGPL-3.0-or-later
import { structuredPatch } from 'diff';
import { sha256Hex } from '../text/sha256.ts';
import type { FileImage } from './action.ts';
import { fromBase64 } from './file-image.ts';

const CONTEXT_LINES = 2;
/** A larger file is summed up: nobody reads its diff, and comparing its lines may take minutes. */
const LARGEST_TEXT_BYTES = 256 * 1024;
/** Enough to tell an option ROM (`55 aa`), an ACPI table (`SSDT`) or an archive. */
const SHOWN_BYTES = 16;

/** What becomes of a file: a unified diff of texts; of anything else size, SHA-256 and first bytes, before and after. */
export function contentDiff(before: FileImage, after: FileImage): readonly string[] {
  const [old, now] = [textOf(before), textOf(after)];
  if (old !== undefined && now !== undefined) return unified(old, now);
  if (before.kind === 'file' && after.kind === 'file' && before.base64 === after.base64) return [];
  return [...summary('-', before), ...summary('+', after)];
}

/** The lines of a unified diff from `@@` on; empty when the texts are equal. */
export function unified(before: string, after: string): readonly string[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: CONTEXT_LINES });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
}

/** An empty range names the line before it (POSIX diff -u). */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

/** The text of an image, empty when the file is absent; undefined for bytes that are none, and for what is too large. */
function textOf(image: FileImage): string | undefined {
  if (image.kind === 'absent') return '';
  const bytes = fromBase64(image.base64);
  if (bytes.length > LARGEST_TEXT_BYTES || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function summary(sign: '-' | '+', image: FileImage): readonly string[] {
  if (image.kind === 'absent') return [];
  const bytes = fromBase64(image.base64);
  const first = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const more = bytes.length > SHOWN_BYTES ? ' ...' : '';
  const begins = bytes.length === 0 ? '' : `, bytes ${first}${more}`;
  return [`${sign}${bytes.length} bytes, sha256 ${sha256Hex(bytes)}${begins}`];
}
