// SPDX-License-Identifier: AGPL-3.0-or-later
import { runHook } from '../../app/run-hook.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';

/** The same work as the hookscript, by hand: takes the device lock itself. */
export async function run({ args, io, context }: Call): Promise<number> {
  const [vmid = '', phase = ''] = args;
  if (!/^[1-9]\d{2,8}$/.test(vmid)) {
    // PVE never calls us so; a person does. Exit 0 all the same would hide the typing error.
    io.err(`pveigpu: "${vmid}" is no VMID.\n`);
    return EXIT.usage;
  }
  const log = { info: (line: string) => io.out(`pveigpu: ${line}\n`), warn: (line: string) => io.err(`pveigpu: ${line}\n`) };
  return await runHook({ ...(await context()), log }, { vmid: Number(vmid), phase, lockHeld: false });
}
