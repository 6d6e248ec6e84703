// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import type { DriverWish } from '../app/driver-inputs.ts';
import type { DriverBackend } from '../core/gpu/verdict.ts';
import type { Options } from './command.ts';
import { Failure } from './print-problem.ts';
import { pathsOf } from './request.ts';

/** The options of host set-up whose value is a path, or several. */
const ABSOLUTE: ReadonlyMap<string, (value: string) => string> = new Map([
  ['--driver-from', (value: string) => resolve(value)],
  ['--patch', (value: string) => resolve(value)],
  ['--deb', (value: string) => pathsOf(value).join(',')],
]);

const BACKENDS: readonly DriverBackend[] = ['xe', 'i915-dkms', 'xe-dkms'];

/** `--driver` as `{ driver }`, or nothing. */
export function driverOf({ driver: value }: Options): { readonly driver?: DriverBackend } {
  if (typeof value !== 'string') return {};
  const driver = BACKENDS.find((one) => one === value);
  if (driver === undefined)
    throw new Failure({ code: 'usage', message: `"${value}" is no driver.`, hint: `There is ${BACKENDS.join(', ')}.` });
  return { driver };
}

/** Where the driver comes from: `--driver-from`, `--sha256`, `--patch`, with absolute paths. */
export function driverWish(options: Options): DriverWish {
  return { ...pathOf(options.driverFrom, 'from'), ...pathOf(options.patch, 'patch'), ...digestOf(options.sha256) };
}

/** A command line whose paths hold in another folder too: a detached run has its own. */
export function withAbsolutePaths(argv: readonly string[]): readonly string[] {
  return argv.map((word, index) => {
    const [, option = '', value = ''] = /^(--[a-z-]+)=(.+)$/.exec(word) ?? [];
    const ofOption = ABSOLUTE.get(option);
    return ofOption === undefined ? (ABSOLUTE.get(argv[index - 1] ?? '')?.(word) ?? word) : `${option}=${ofOption(value)}`;
  });
}

function pathOf<K extends string>(value: string | boolean | undefined, key: K): { readonly [P in K]?: string } {
  return (typeof value === 'string' ? { [key]: resolve(value) } : {}) as { readonly [P in K]?: string };
}

function digestOf(value: string | boolean | undefined): { readonly sha256?: string } {
  if (typeof value !== 'string') return {};
  if (!/^[0-9a-f]{64}$/i.test(value))
    throw new Failure({
      code: 'usage',
      message: `"${value}" is no SHA-256.`,
      hint: 'It has 64 hex digits, as sha256sum prints them.',
    });
  return { sha256: value.toLowerCase() };
}
