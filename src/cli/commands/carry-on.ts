// SPDX-License-Identifier: AGPL-3.0-or-later

import { readOrder, writeExit } from '../../app/engine/detached.ts';
import type { DetachedOrder } from '../../app/engine/detached-order.ts';
import { VERSION } from '../../main/version.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { COMMANDS } from '../command-table.ts';
import type { Io } from '../io.ts';
import { runCommandLine } from '../program.ts';

export async function run(call: Call): Promise<number> {
  const { host } = await call.context();
  const [file = ''] = call.args;
  const order = await readOrder(host, file);
  if (!order.ok) return refuse(call, order.problem);
  // Only a machine that we are on can have started us, so the line means this one, whatever it calls it.
  const { user } = order.value;
  const open = async () => ({ ...(await call.context()), ...(user === undefined ? {} : { user }) });
  const code = await runCommandLine(order.value.argv, COMMANDS, detachedIo(call.io, order.value), open, VERSION);
  await writeExit(host, file, code);
  return code;
}

/**
 * Answers the one question for the person who has agreed already: yes, when the plan that we made is the plan that was
 * shown. Until then nothing is printed, since that person has seen it.
 */
export function detachedIo(io: Io, { agreed, columns }: Pick<DetachedOrder, 'agreed' | 'columns'>): Io {
  let [isQuiet, planned] = [agreed !== null, ''];
  return {
    out: (text) => {
      if (isQuiet) planned += text;
      else io.out(text);
    },
    err: (text) => io.err(text),
    colour: false,
    columns,
    detached: true,
    interactive: agreed !== null,
    confirm: async () => {
      isQuiet = false;
      if (planned === agreed) return true;
      io.err(`What would have to be done now is not what was shown:\n${planned}`);
      return false;
    },
  };
}
