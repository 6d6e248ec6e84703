// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import { canDetach, startDetached } from '../app/engine/detached.ts';
import { awaitsReboot } from '../app/engine/pending-file.ts';
import { carryOut, type Planner, refuse } from './carry-out.ts';
import type { Call } from './command.ts';
import { EXIT } from './exit-code.ts';
import { watch } from './watch-detached.ts';

/**
 * As `carryOut`, but once the plan is agreed on the work is done in a transient unit of systemd, which a closed terminal or browser
 * does not end; this process only shows what that one prints. Where there is no systemd it is done here. Exit 4 when it is
 * done and takes effect with the next boot.
 */
export async function carryOutDetached(call: Call, planner: Planner): Promise<number> {
  const { io, options } = call;
  const context = await call.context();
  const isHere = io.detached === true || options.dryRun === true || !context.host.abilities.write;
  if (isHere || !(await canDetach(context.host))) {
    const inForeground = async () => {
      if (!isHere && options.json !== true) io.err('No systemd is at work here, so this runs in the foreground.\n');
      return null;
    };
    return await withReboot(call, context, await carryOut(call, planner, inForeground));
  }
  return await carryOut(call, planner, async (agreed) => {
    const argv = options.json === true ? call.argv : call.argv.filter((word) => word !== '--yes' && word !== '-y');
    const order = { format: 1, argv, agreed: options.json === true ? null : agreed, columns: io.columns } as const;
    const started = await startDetached(context, order, ourProgram(options.host));
    if (!started.ok) return refuse(call, started.problem);
    return await watch(call, context, started.value);
  });
}

/** A simulated or remote node has us installed as a package has it. */
function ourProgram(host: string | boolean | undefined): readonly [string, ...string[]] {
  const [node, script] = process.argv;
  const isLocal = host === undefined || host === 'local';
  return isLocal && node !== undefined && script !== undefined ? [node, script] : ['pveigpu'];
}

async function withReboot({ io, options }: Call, { host }: Context, code: number): Promise<number> {
  if (code !== EXIT.done || options.dryRun === true || !(await awaitsReboot(host))) return code;
  if (options.json !== true) io.out('It takes effect with the next boot of this node.\n');
  return EXIT.rebootNeeded;
}
