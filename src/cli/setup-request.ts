// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlanSetupRequest } from '../app/plan-setup.ts';
import { type DriverBackend, MODES, type Mode } from '../core/gpu/verdict.ts';
import type { Call } from './command.ts';
import { Failure } from './print-problem.ts';
import { countOf, gpuOf, textOf } from './request.ts';

const BACKENDS: readonly DriverBackend[] = ['xe', 'i915-dkms', 'xe-dkms'];

/** What `plan` and `apply` were asked for. */
export function setupRequest({ args, options }: Call): PlanSetupRequest {
  const mode = wantedMode(args[0]);
  const numVfs = countOf(options.vf, 'number of VFs');
  const driver = driverOf(options.driver);
  if (mode !== undefined && mode !== 'sriov' && mode !== 'auto' && (numVfs !== undefined || driver !== undefined))
    throw new Failure({ code: 'usage', message: '--vf and --driver are for the mode sriov.', hint: 'Leave them out.' });
  return {
    ...(mode === undefined ? {} : { mode }),
    ...gpuOf(options),
    ...(numVfs === undefined ? {} : { numVfs }),
    ...(driver === undefined ? {} : { driver }),
    ...textOf(options, 'kernel', 'kernel'),
    pin: options.pin === true,
    deferReboot: options.deferReboot === true,
    force: options.force === true,
  };
}

/** A mode as the first argument, or nothing. */
export function wantedMode(text: string | undefined): Mode | 'auto' | undefined {
  if (text === undefined || text === 'auto') return text;
  const mode = MODES.find((one) => one === text);
  if (mode === undefined)
    throw new Failure({ code: 'usage', message: `"${text}" is no mode.`, hint: `Use auto, ${MODES.join(', ')}.` });
  return mode;
}

function driverOf(text: string | boolean | undefined): DriverBackend | undefined {
  if (typeof text !== 'string') return undefined;
  const backend = BACKENDS.find((one) => one === text);
  if (backend === undefined)
    throw new Failure({ code: 'usage', message: `"${text}" is no driver for SR-IOV.`, hint: `Use ${BACKENDS.join(', ')}.` });
  return backend;
}
