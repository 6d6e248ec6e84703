// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import { runHook } from '../app/run-hook.ts';
import type { HookRunner } from '../simulator/machine.ts';

/** The sign by which our hookscript is recognised; other scripts of a simulated node do nothing. */
const OURS = 'pveigpu-hook VMID PHASE';

/** Runs hook scripts of a simulated node: ours as the real use case does, on that same node. */
export function simulatedHookRunner(contextOf: () => Context): HookRunner {
  return async ({ machine, script, vmid, phase }) => {
    const text = machine.tree.text(script) ?? '';
    if (!text.includes(OURS)) return { exitCode: 0, stdout: '', stderr: '' };
    const lines: string[] = [];
    const say = (line: string) => void lines.push(`pveigpu: ${line}\n`);
    const exitCode = await runHook({ ...contextOf(), log: { info: say, warn: say } }, { vmid, phase, lockHeld: false });
    return { exitCode, stdout: lines.join(''), stderr: '' };
  };
}
