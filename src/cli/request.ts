// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { type Bdf, parseBdf } from '../core/pci/address.ts';
import type { Call, Options } from './command.ts';
import { Failure } from './print-problem.ts';

/** The VMID of the first argument; throws a {@link Failure} for what PVE would not take (100 to 999999999). */
export function vmidOf({ args }: Call): number {
  const [text = ''] = args;
  if (!/^[1-9]\d{2,8}$/.test(text))
    throw new Failure({ code: 'usage', message: `"${text}" is no VMID.`, hint: 'A VMID is a number from 100 to 999999999.' });
  return Number(text);
}

/** `--gpu` as `{ gpu }`, or nothing. */
export function gpuOf(options: Options): { readonly gpu?: Bdf } {
  if (typeof options.gpu !== 'string') return {};
  const bdf = parseBdf(options.gpu);
  if (!bdf.ok) throw new Failure(bdf.problem);
  return { gpu: bdf.value };
}

/** A whole number of at least one, or undefined when it was not given. */
export function countOf(text: string | boolean | undefined, what: string): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Failure({ code: 'usage', message: `"${text}" is no ${what}.`, hint: 'Give a number from 1.' });
  return Number(text);
}

/** Files separated by commas, as absolute paths; none when the option was not given. */
export function pathsOf(value: string | boolean | undefined): readonly string[] {
  return typeof value === 'string' ? value.split(',').map((path) => resolve(path)) : [];
}

/** A text option under another name, or nothing. */
export function textOf<K extends string>(options: Options, option: string, key: K): { readonly [P in K]?: string } {
  const value = options[option];
  return (typeof value === 'string' ? { [key]: value } : {}) as { readonly [P in K]?: string };
}
