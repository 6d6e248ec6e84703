// SPDX-License-Identifier: AGPL-3.0-or-later
import { planConfirmation } from '../../../src/app/confirm.ts';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../../src/app/plan-setup.ts';
import type { Mode } from '../../../src/core/gpu/verdict.ts';
import type { Result } from '../../../src/core/problem.ts';
import type { Simulated } from '../../app/simulated.ts';

/** Somebody applies a mode with the product; the node is not rebooted. */
export function applied(mode: Mode): (node: Simulated) => Promise<void> {
  return async ({ context }) => {
    must(await applyPlan(context, must(await planHostSetup(context, { mode })), { force: true }));
  };
}

/** The node is rebooted. */
export async function rebooted({ node }: Simulated): Promise<void> {
  const answer = await node.reboot();
  if (!answer.booted) throw new Error(answer.reason);
}

/** Somebody confirms what was applied. */
export async function confirmed({ context }: Simulated): Promise<void> {
  must(await applyPlan(context, must(await planConfirmation(context))));
}

/** Somebody writes a file. */
export function file(path: string, text: string): (node: Simulated) => void {
  return ({ node }) => void node.machine.tree.setFile(path, text);
}

/** Somebody removes a file. */
export function gone(path: string): (node: Simulated) => void {
  return ({ node }) => void node.machine.tree.remove(path);
}

/** Somebody runs a program, which must succeed. */
export function ran(...argv: readonly [string, ...string[]]): (node: Simulated) => Promise<void> {
  return async (node) => void (await node.must(...argv));
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}
