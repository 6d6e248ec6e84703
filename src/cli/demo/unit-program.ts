// SPDX-License-Identifier: AGPL-3.0-or-later
import type { UnitProgram } from '../../main/compose.ts';
import { VERSION } from '../../main/version.ts';
import { COMMANDS } from '../command-table.ts';
import type { Io } from '../io.ts';
import { runCommandLine } from '../program.ts';

/** The command itself, started by the systemd of a simulated node in a unit of its own: what it prints goes to `say` by lines. */
export const unitProgram: UnitProgram = async (machine, [, ...args], say) => {
  let open = '';
  const write = (text: string) => {
    const lines = `${open}${text}`.split('\n');
    open = lines.pop() ?? '';
    for (const line of lines) say(line);
  };
  const io: Io = { out: write, err: write, colour: false, columns: 100, interactive: false, confirm: async () => false };
  const code = await runCommandLine(args, COMMANDS, io, async () => machine, VERSION);
  if (open !== '') say(open);
  return code;
};
