// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCapture } from '../../app/capture.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { writeOwnFile } from '../write-own-file.ts';

/** The file is always written on the machine that runs us, whatever machine is captured. */
export async function run(call: Call): Promise<number> {
  const { args, io, options } = call;
  const [file = ''] = args;
  const captured = await writeCapture(await call.context());
  if (!captured.ok) return refuse(call, captured.problem);
  const lines = captured.value.split('\n').length - 1;
  const print = (value: object) => io.out(`${JSON.stringify({ format: 1, kind: 'capture', ...value }, null, 2)}\n`);
  if (file === '-') {
    if (options.json === true) print({ file: null, lines, text: captured.value });
    else io.out(captured.value);
    return EXIT.done;
  }
  const written = await writeOwnFile(call, file, captured.value);
  if (!written.ok) return refuse(call, written.problem);
  if (options.json === true) {
    print({ file: written.value, lines, text: null });
    return EXIT.done;
  }
  io.out(`${file} holds this machine in ${lines} lines. Read it before you send it.\n`);
  io.out(`Anybody can judge it with: pveigpu verdict --host capture:${file}\n`);
  return EXIT.done;
}
