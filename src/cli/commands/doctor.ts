// SPDX-License-Identifier: AGPL-3.0-or-later
import { readDoctor } from '../../app/doctor.ts';
import type { DoctorView } from '../../core/doctor/doctor-view.ts';
import type { Call } from '../command.ts';
import { chosenFindings } from '../doctor-options.ts';
import { doctorText } from '../doctor-text.ts';
import { EXIT } from '../exit-code.ts';

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const view = await readDoctor(await call.context(), { deep: options.deep === true, only: chosenFindings(options.only) });
  if (options.json === true) io.out(`${JSON.stringify({ kind: 'doctor', ...view }, null, 2)}\n`);
  else io.out(doctorText(io, view));
  return doctorExit(view);
}

const EXITS = { healthy: EXIT.done, problems: EXIT.failed, unknown: EXIT.notMeasured } as const;

function doctorExit({ answer }: DoctorView): number {
  return EXITS[answer];
}
