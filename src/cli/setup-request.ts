// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlanSetupRequest } from '../app/plan-setup.ts';
import { MODES, type Mode } from '../core/gpu/verdict.ts';
import type { Call } from './command.ts';
import { driverOf, driverWish } from './driver-options.ts';
import { Failure } from './print-problem.ts';
import { countOf, gpuOf, pathsOf, textOf } from './request.ts';

/** What `plan` and `apply` were asked for. */
export function setupRequest({ args, options }: Call): PlanSetupRequest {
  const mode = wantedMode(args[0]);
  const numVfs = countOf(options.vfs, 'number of VFs');
  const { driver } = driverOf(options);
  if (mode !== undefined && mode !== 'sriov' && mode !== 'auto' && (numVfs !== undefined || driver !== undefined))
    throw new Failure({ code: 'usage', message: '--vfs and --driver are for the mode sriov.', hint: 'Leave them out.' });
  return {
    ...(mode === undefined ? {} : { mode }),
    ...gpuOf(options),
    ...(numVfs === undefined ? {} : { numVfs }),
    ...(driver === undefined ? {} : { driver }),
    ...textOf(options, 'kernel', 'kernel'),
    kernelFiles: pathsOf(options.deb),
    source: driverWish(options),
    pin: options.pin === true,
    deferReboot: options.deferReboot === true,
    force: options.force === true,
    trial: options.trial === true,
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
