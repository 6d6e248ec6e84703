// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../problem.ts';

/** A full PCI address in sysfs form, lower-case hex: `dddd:bb:ss.f`. */
export type Bdf = string & { readonly __brand: 'Bdf' };

const FULL = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
const SHORT = /^[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;

/** Says whether a text is a full PCI address in sysfs form. */
export function isBdf(text: string): text is Bdf {
  return FULL.test(text);
}

/** Reads `dddd:bb:ss.f` or `bb:ss.f` (domain 0000 is added), in any case; refuses everything else. */
export function parseBdf(text: string): Result<Bdf> {
  const lower = text.trim().toLowerCase();
  const full = SHORT.test(lower) ? `0000:${lower}` : lower;
  if (isBdf(full)) return { ok: true, value: full };
  return problem('usage', `"${text}" is not a PCI address.`, { hint: 'Write it like 0000:00:02.0, with the function.' });
}

/** Orders addresses by domain, bus, slot and function, as lspci lists them. */
export function compareBdf(a: Bdf, b: Bdf): number {
  return numeric(a) - numeric(b);
}

function numeric(bdf: Bdf): number {
  const [domain = '0', bus = '0', rest = '0.0'] = bdf.split(':');
  const [slot = '0', fn = '0'] = rest.split('.');
  const hex = (text: string) => Number.parseInt(text, 16);
  return ((hex(domain) * 256 + hex(bus)) * 32 + hex(slot)) * 8 + hex(fn);
}
