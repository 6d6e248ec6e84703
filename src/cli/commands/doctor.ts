// SPDX-License-Identifier: AGPL-3.0-or-later
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { runFixes } from '../doctor-fix.ts';
import { reportText } from '../doctor-report.ts';
import { EXIT } from '../exit-code.ts';
import { doctorExit, lookAt, showDoctor } from '../show-doctor.ts';
import { writeOwnFile } from '../write-own-file.ts';

/** A command line that only looks is mostly served by `quick-doctor.ts` already. */
export async function run(call: Call): Promise<number> {
  const { options } = call;
  if (typeof options.report === 'string') return await report(call, options.report);
  return options.fix === true ? await fix(call) : showDoctor(call, await lookAt(call));
}

async function report(call: Call, file: string): Promise<number> {
  const { io, options } = call;
  const view = await lookAt(call);
  const text = await reportText(await call.context());
  if (!text.ok) return refuse(call, text.problem);
  if (file === '-' && options.json !== true) {
    io.out(text.value);
    return doctorExit(view);
  }
  const written = file === '-' ? undefined : await writeOwnFile(call, file, text.value);
  if (written?.ok === false) return refuse(call, written.problem);
  if (options.json === true) return showDoctor(call, view, { report: written?.value ?? null });
  io.out(`${file} holds what doctor found and the machine itself. Read it before you attach it.\n`);
  io.out(`Anybody can look at it with: pveigpu doctor --host capture:${file}\n`);
  return doctorExit(view);
}

async function fix(call: Call): Promise<number> {
  const { io, options } = call;
  const { host } = await call.context();
  if (!host.abilities.write)
    return refuse(call, { code: 'host.unsupported', message: `${host.label} is only read, so nothing can be mended there.` });
  const { view, runs, reboot } = await runFixes(call, async () => await lookAt(call));
  if (reboot && options.json !== true) {
    io.out('Reboot, then run pveigpu doctor again.\n');
    return EXIT.rebootNeeded;
  }
  if (runs.length === 0 && options.json !== true && view.problems.length > 0)
    io.out('No remedy that pveigpu could run was carried out; the rest is for you.\n\n');
  const code = showDoctor(call, view, { fixes: runs });
  return reboot ? EXIT.rebootNeeded : code;
}
