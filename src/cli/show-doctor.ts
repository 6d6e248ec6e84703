// SPDX-License-Identifier: AGPL-3.0-or-later
import { readDoctor } from '../app/doctor.ts';
import type { DoctorView } from '../core/doctor/doctor-view.ts';
import type { Call } from './command.ts';
import { chosenFindings } from './doctor-options.ts';
import { doctorText } from './doctor-text.ts';
import { EXIT } from './exit-code.ts';

const EXITS = { healthy: EXIT.done, problems: EXIT.failed, unknown: EXIT.notMeasured } as const;

/** Looks at the machine as the options of the call say. */
export async function lookAt({ options, context }: Call): Promise<DoctorView> {
  return await readDoctor(await context(), { deep: options.deep === true, only: chosenFindings(options.only) });
}

/** Prints what was found, with `more` fields as a value, and answers the exit code. */
export function showDoctor({ io, options }: Call, view: DoctorView, more: object = {}): number {
  if (options.json === true) io.out(`${JSON.stringify({ kind: 'doctor', ...view, ...more }, null, 2)}\n`);
  else io.out(doctorText(io, view));
  return doctorExit(view);
}

/** 0 healthy, 1 a problem, 7 something that matters could not be looked at. */
export function doctorExit({ answer }: DoctorView): number {
  return EXITS[answer];
}
