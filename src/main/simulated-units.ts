// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../pve-hooks/pveigpu-hook.pl';
import { bootVfs } from '../app/boot.ts';
import { bootPools } from '../app/boot-pools.ts';
import { confirmAuto } from '../app/confirm-auto.ts';
import type { Context } from '../app/context.ts';
import type { ServiceRunner } from '../simulator/machine.ts';

/** Our own units on a simulated node, by the arguments after the program: the use cases that the real command calls, with its exit codes. */
const UNITS: { readonly [argument: string]: (context: Context) => Promise<number> } = {
  boot: async (context) => {
    await bootVfs(context);
    return 0;
  },
  'boot --pools': async (context) => ((await bootPools(context)) === 'later' ? 1 : 0),
  'confirm --auto': async (context) => ((await confirmAuto(context, { hookStub })) === 'failed' ? 1 : 0),
};

/** Runs units of a simulated node: ours as the real use case does, on that same node; other programs are not there. */
export function simulatedUnitRunner(contextOf: () => Context): ServiceRunner {
  return async ({ argv, say }) => {
    const [program = '', ...words] = argv;
    const name = words.join(' ');
    const run = program.endsWith('/pveigpu') && Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    const speak = (line: string) => say(`pveigpu: ${line}`);
    return await run?.({ ...contextOf(), log: { info: speak, warn: speak } });
  };
}
