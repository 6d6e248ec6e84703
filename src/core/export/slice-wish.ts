// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../problem.ts';
import type { ExportSlice, WholeGpuWay } from './export-case.ts';

/** Which slice is asked for, before anything is known of the machine. */
export type SliceWish =
  | { readonly kind: 'vf'; readonly number: number }
  | { readonly kind: 'mdev'; readonly uuid?: string }
  | { readonly kind: 'pf'; readonly way?: WholeGpuWay }
  | { readonly kind: 'render' };

/** Canonical form of a UUID, as the kernel's `create` wants it (lib/uuid.c). */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads `vf:3`, `mdev`, `mdev:UUID`, `pf`, `pf:legacy`, `pf:upt` or `render`. */
export function parseSliceWish(text: string): Result<SliceWish> {
  const [, kind = '', detail] = /^([a-z]+)(?::(.*))?$/s.exec(text) ?? [];
  if (kind === 'render' && detail === undefined) return ok({ kind });
  if (kind === 'vf' && /^[1-9]\d{0,2}$/.test(detail ?? '')) return ok({ kind, number: Number(detail) });
  if (kind === 'mdev' && detail === undefined) return ok({ kind });
  if (kind === 'mdev' && UUID.test(detail ?? '')) return ok({ kind, uuid: (detail ?? '').toLowerCase() });
  if (kind === 'pf' && detail === undefined) return ok({ kind });
  if (kind === 'pf' && (detail === 'legacy' || detail === 'upt')) return ok({ kind, way: detail });
  return problem('usage', `"${text}" is no slice.`, {
    hint: 'Write vf:N with a number from 1, mdev or mdev:UUID, pf, pf:legacy, pf:upt, or render.',
  });
}

/** A name that every format can carry as it is: letters, digits, dot, dash and underscore, at most 63. */
export function parseGuestName(text: string): Result<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return ok(text);
  return problem('usage', `"${text}" cannot be the name of a guest in every format.`, {
    hint: 'Use letters, digits, dots, dashes and underscores, at most 63.',
  });
}

/** The words that ask for a slice: what {@link parseSliceWish} reads. */
export function sliceText(slice: ExportSlice): string {
  switch (slice.kind) {
    case 'vf':
      return `vf:${slice.number}`;
    case 'mdev':
      return `mdev:${slice.uuid}`;
    case 'pf':
      return `pf:${slice.way}`;
    case 'render':
      return 'render';
  }
}
