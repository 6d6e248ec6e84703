// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { planDriverInstall } from '../../app/driver.ts';
import type { DriverBackend } from '../../core/gpu/verdict.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { Failure } from '../print-problem.ts';
import { gpuOf, textOf } from '../request.ts';

const BACKENDS: readonly DriverBackend[] = ['xe', 'i915-dkms', 'xe-dkms'];

export async function run(call: Call): Promise<number> {
  const { options } = call;
  const wish = {
    ...gpuOf(options),
    ...driverOf(options.driver),
    ...textOf(options, 'kernel', 'kernel'),
    ...pathOf(options.driverFrom, 'from'),
    ...pathOf(options.patch, 'patch'),
    ...digestOf(options.sha256),
    folder: process.cwd(),
  };
  return await carryOut(call, (context) => planDriverInstall(context, wish));
}

function driverOf(value: string | boolean | undefined): { readonly driver?: DriverBackend } {
  if (typeof value !== 'string') return {};
  const driver = BACKENDS.find((one) => one === value);
  if (driver === undefined)
    throw new Failure({ code: 'usage', message: `"${value}" is no driver.`, hint: `There is ${BACKENDS.join(', ')}.` });
  return { driver };
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
