// SPDX-License-Identifier: AGPL-3.0-or-later
import { readDoctor } from '../../app/doctor.ts';
import type { DoctorView } from '../../core/doctor/doctor-view.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { chosenFindings } from '../doctor-options.ts';
import { doctorText } from '../doctor-text.ts';
import { EXIT } from '../exit-code.ts';

export async function run(call: Call): Promise<number> {
  const { options } = call;
  const context = await call.context();
  const choice = { deep: options.deep === true, only: chosenFindings(options.only) };
  const look = async () => await readDoctor(context, choice);
  if (typeof options.report === 'string') return await report(call, options.report, await look());
  if (options.fix === true) return await fix(call, look);
  return show(call, await look());
}

const EXITS = { healthy: EXIT.done, problems: EXIT.failed, unknown: EXIT.notMeasured } as const;

function show({ io, options }: Call, view: DoctorView, more: object = {}): number {
  if (options.json === true) io.out(`${JSON.stringify({ kind: 'doctor', ...view, ...more }, null, 2)}\n`);
  else io.out(doctorText(io, view));
  return EXITS[view.answer];
}

async function report(call: Call, file: string, view: DoctorView): Promise<number> {
  const { io, options } = call;
  const { reportText } = await import('../doctor-report.ts');
  const text = await reportText(await call.context());
  if (!text.ok) return refuse(call, text.problem);
  if (file === '-' && options.json !== true) {
    io.out(text.value);
    return EXITS[view.answer];
  }
  const { writeOwnFile } = await import('../write-own-file.ts');
  const written = file === '-' ? undefined : await writeOwnFile(call, file, text.value);
  if (written?.ok === false) return refuse(call, written.problem);
  if (options.json === true) return show(call, view, { report: written?.value ?? null });
  io.out(`${file} holds what doctor found and the machine itself. Read it before you attach it.\n`);
  io.out(`Anybody can look at it with: pveigpu doctor --host capture:${file}\n`);
  return EXITS[view.answer];
}

async function fix(call: Call, look: () => Promise<DoctorView>): Promise<number> {
  const { io, options } = call;
  const { host } = await call.context();
  if (!host.abilities.write)
    return refuse(call, { code: 'host.unsupported', message: `${host.label} is only read, so nothing can be mended there.` });
  const { runFixes } = await import('../doctor-fix.ts');
  const { view, runs, reboot } = await runFixes(call, look);
  if (reboot && options.json !== true) {
    io.out('Reboot, then run pveigpu doctor again.\n');
    return EXIT.rebootNeeded;
  }
  if (runs.length === 0 && options.json !== true && view.problems.length > 0)
    io.out('No remedy that pveigpu could run was carried out; the rest is for you.\n\n');
  const code = show(call, view, { fixes: runs });
  return reboot ? EXIT.rebootNeeded : code;
}
