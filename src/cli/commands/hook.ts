// SPDX-License-Identifier: AGPL-3.0-or-later
import { runHook } from '../../app/run-hook.ts';
import type { Log } from '../../ports/clock-log.ts';
import type { Call } from '../command.ts';
import { vmidOf } from '../request.ts';

/** One line of what the hook said. */
interface Said {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/**
 * The same work as the hookscript, by hand: takes the device lock itself. A wrong VMID is a usage error here, since a person
 * typed it; PVE never gives one.
 */
export async function run(call: Call): Promise<number> {
  const { args, io, options, context } = call;
  const vmid = vmidOf(call);
  const [, phase = ''] = args;
  const messages: Said[] = [];
  const log: Log =
    options.json === true
      ? {
          info: (text) => void messages.push({ level: 'info', text }),
          warn: (text) => void messages.push({ level: 'warning', text }),
        }
      : { info: (line) => io.out(`pveigpu: ${line}\n`), warn: (line) => io.err(`pveigpu: ${line}\n`) };
  const exitCode = await runHook({ ...(await context()), log }, { vmid, phase, lockHeld: false });
  if (options.json === true)
    io.out(`${JSON.stringify({ format: 1, kind: 'hook', vmid, phase, starts: exitCode === 0, messages }, null, 2)}\n`);
  return exitCode;
}
