// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import { planConfirmation } from '../../app/confirm.ts';
import { canDetach, startDetached } from '../../app/engine/detached.ts';
import type { Plan } from '../../core/plan/action.ts';
import { blockerOf } from '../../core/plan/blocker.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { agreedDigest } from '../../main/plan-digest.ts';
import { atMost } from '../at-most.ts';
import { type AnyRoute, type Asked, route } from '../route.ts';
import { assignInput, assignPlan, rollbackInput, rollbackPlan, setupInput, setupPlan, unassignPlan } from './plans.ts';

const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'is no digest of a plan'));

/** Two that start at once would write the order of one run, each its own. */
const inTurn = atMost(1);

/** What changes the node. Each names the plan that was shown by its digest, starts a run of its own and answers its number. */
export const RUNS: readonly AnyRoute[] = [
  route({
    ...{ method: 'post', path: '/apply', access: 'host', kind: 'started' },
    summary: 'Sets the host up for a mode',
    input: z.extend(setupInput, { digest }),
    answer: async (asked, { digest: agreed, ...input }) => {
      const { mode, gpu, vfs, driver, kernel, force } = input;
      const options = [
        ...(gpu === undefined ? [] : ['--gpu', gpu]),
        ...(vfs === undefined ? [] : ['--vfs', String(vfs)]),
        ...(driver === undefined ? [] : ['--driver', driver]),
        ...(kernel === undefined ? [] : ['--kernel', kernel]),
        ...(force === true ? ['--force'] : []),
      ];
      return await start(asked, ['apply', mode, ...options], await setupPlan(asked, input), agreed);
    },
  }),
  route({
    ...{ method: 'post', path: '/confirm', access: 'host', kind: 'started' },
    summary: 'Confirms the last set-up after its reboot',
    input: z.strictObject({ digest }),
    answer: async (asked, { digest: agreed }) => await start(asked, ['confirm'], await planConfirmation(asked.context), agreed),
  }),
  route({
    ...{ method: 'post', path: '/rollback', access: 'host', kind: 'started' },
    summary: 'Takes back what pveigpu did',
    input: z.extend(rollbackInput, { digest }),
    answer: async (asked, { digest: agreed, ...input }) => {
      const far = input.to === 'all' ? '--all' : String(input.to);
      return await start(
        asked,
        ['rollback', far, ...(input.force === true ? ['--force'] : [])],
        await rollbackPlan(asked, input),
        agreed,
      );
    },
  }),
  route({
    ...{ method: 'post', path: '/guests/{vmid}/assign', access: 'host-guest', kind: 'started' },
    summary: 'Gives a guest a slice, where the node has to be changed for it',
    input: z.extend(assignInput, { digest }),
    answer: async (asked, { digest: agreed, ...input }) => {
      const { mode, gpu, pool, vf } = input;
      const options = [
        ...(mode === undefined ? [] : ['--mode', mode]),
        ...(gpu === undefined ? [] : ['--gpu', gpu]),
        ...(pool === undefined ? [] : ['--pool', pool]),
        ...(vf === undefined ? [] : ['--vf', String(vf)]),
      ];
      return await start(asked, ['assign', String(asked.vmid), ...options], await assignPlan(asked, input), agreed);
    },
  }),
  route({
    ...{ method: 'post', path: '/guests/{vmid}/unassign', access: 'host-guest', kind: 'started' },
    summary: 'Takes all slices of a guest back, where the node has to be changed for it',
    input: z.strictObject({ digest }),
    answer: async (asked, { digest: agreed }) =>
      await start(asked, ['unassign', String(asked.vmid)], await unassignPlan(asked), agreed),
  }),
];

/** Starts a command in a unit of its own, when the plan is still the one that was agreed on. */
async function start(
  { context, caller }: Asked,
  argv: readonly string[],
  plan: Result<Plan>,
  agreed: string,
): Promise<Result<object>> {
  if (!plan.ok) return plan;
  const digest = agreedDigest(plan.value, agreed);
  if (!digest.ok) return digest;
  const blocker = blockerOf(plan.value, argv.includes('--force'));
  if (blocker !== undefined) return problem(blocker.code ?? 'guest.needs-flag', blocker.text);
  if (!(await canDetach(context.host)))
    return problem('host.unsupported', 'No systemd is at work on this node, so nothing can be started from here.', {
      hint: `Type pveigpu ${argv.join(' ')} on the node.`,
    });
  const order = {
    format: 1,
    argv: [...argv, '--expect', agreed, '--yes'],
    agreed: null,
    columns: 100,
    user: caller.user,
  } as const;
  const started = await inTurn(async () => await startDetached(context, order, ['pveigpu']));
  if (!started.ok) return started;
  context.log.info(`${caller.user} started run ${started.value.number}: pveigpu ${argv.join(' ')}`);
  return ok({ format: 1, kind: 'started', run: started.value.number, unit: started.value.unit });
}
