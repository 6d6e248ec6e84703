// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { planAssign } from '../../app/assign.ts';
import { planConfirmation } from '../../app/confirm.ts';
import { planHostSetup } from '../../app/plan-setup.ts';
import { planRollback } from '../../app/rollback.ts';
import { shownPlan } from '../../app/shown-plan.ts';
import { planUnassign } from '../../app/unassign.ts';
import { browserRequests } from '../../core/assign/browser-request.ts';
import { MODES } from '../../core/gpu/verdict.ts';
import { type Bdf, isBdf } from '../../core/pci/address.ts';
import type { Plan } from '../../core/plan/action.ts';
import { blockerOf } from '../../core/plan/blocker.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { planDigest } from '../../main/plan-digest.ts';
import { type AnyRoute, type Asked, route } from '../route.ts';

const bdf = z.string().check(z.refine(isBdf, 'is no PCI address'));
const yes = z.optional(z.boolean());

/** What a mode can be asked with. */
export const setupInput = z.strictObject({
  mode: z.enum(['auto', ...MODES]),
  gpu: z.optional(bdf),
  vfs: z.optional(z.int().check(z.minimum(1), z.maximum(255))),
  driver: z.optional(z.enum(['xe', 'i915-dkms', 'xe-dkms'])),
  kernel: z.optional(z.string().check(z.regex(/^[0-9][0-9A-Za-z.+-]{0,60}$/))),
  force: yes,
});

/** How far back, and whether what others changed since is overridden. */
export const rollbackInput = z.strictObject({ to: z.union([z.literal('all'), z.int().check(z.minimum(1))]), force: yes });

/** What slice a guest gets. */
export const assignInput = z.strictObject({
  mode: z.optional(z.enum(['auto', ...MODES])),
  gpu: z.optional(bdf),
  pool: z.optional(z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{1,60}$/))),
  vf: z.optional(z.int().check(z.minimum(1), z.maximum(255))),
});

export type SetupInput = z.infer<typeof setupInput>;
export type AssignInput = z.infer<typeof assignInput>;
export type RollbackInput = z.infer<typeof rollbackInput>;

/** The plan for a mode, as `pveigpu plan` makes it. */
export async function setupPlan(
  { context }: Asked,
  { mode, gpu, vfs, driver, kernel, force }: SetupInput,
): Promise<Result<Plan>> {
  return await planHostSetup(context, {
    mode,
    ...gpuOf(gpu),
    ...(vfs === undefined ? {} : { numVfs: vfs }),
    ...(driver === undefined ? {} : { driver }),
    ...(kernel === undefined ? {} : { kernel }),
    force: force === true,
  });
}

export async function rollbackPlan({ context }: Asked, { to, force }: RollbackInput): Promise<Result<Plan>> {
  return await planRollback(context, { to, force: force === true }, { hookStub });
}

export async function assignPlan(asked: Asked, { gpu, ...input }: AssignInput): Promise<Result<Plan>> {
  const vmid = vmidOf(asked);
  if (!vmid.ok) return vmid;
  return await planAssign(asked.context, { vmid: vmid.value, ...defined(input), ...gpuOf(gpu) }, { hookStub });
}

export async function unassignPlan(asked: Asked): Promise<Result<Plan>> {
  const vmid = vmidOf(asked);
  return vmid.ok ? await planUnassign(asked.context, { vmid: vmid.value }, { hookStub }) : vmid;
}

/** What can be planned; nothing is written. Every plan has the digest that `apply` wants to hear, and the calls of PVE that a browser can make itself. */
export const PLANS: readonly AnyRoute[] = [
  route({
    ...{ method: 'post', path: '/plan', access: 'host', kind: 'planned', input: setupInput },
    summary: 'What setting the host up for a mode would change',
    answer: async (asked, input) => await planned(asked, await setupPlan(asked, input)),
  }),
  route({
    ...{ method: 'post', path: '/plan-confirm', access: 'host', kind: 'planned' },
    summary: 'What confirming the last set-up would change',
    answer: async (asked) => await planned(asked, await planConfirmation(asked.context)),
  }),
  route({
    ...{ method: 'post', path: '/plan-rollback', access: 'host', kind: 'planned', input: rollbackInput },
    summary: 'What going back would change',
    answer: async (asked, input) => await planned(asked, await rollbackPlan(asked, input)),
  }),
  route({
    ...{ method: 'post', path: '/guests/{vmid}/plan-assign', access: 'guest', kind: 'planned', input: assignInput },
    summary: 'What giving a slice to a guest would change',
    answer: async (asked, input) => await planned(asked, await assignPlan(asked, input)),
  }),
  route({
    ...{ method: 'post', path: '/guests/{vmid}/plan-unassign', access: 'guest', kind: 'planned' },
    summary: 'What taking back all slices of a guest would change',
    answer: async (asked) => await planned(asked, await unassignPlan(asked)),
  }),
];

async function planned({ context }: Asked, planning: Result<Plan>): Promise<Result<object>> {
  if (!planning.ok) return planning;
  const plan = planning.value;
  const blocked = blockerOf(plan, false)?.text ?? null;
  const shown = await shownPlan(context.host, plan);
  return ok({
    format: 1,
    kind: 'planned',
    plan: { digest: planDigest(plan), ...shown },
    blocked,
    requests: browserRequests(plan),
  });
}

/** The schema has looked at it. */
function gpuOf(text: string | undefined): { readonly gpu?: Bdf } {
  return text !== undefined && isBdf(text) ? { gpu: text } : {};
}

function vmidOf({ vmid }: Asked): Result<number> {
  return vmid === undefined ? problem('guest.unknown', 'The path names no guest.') : ok(vmid);
}

/** Optional fields as exact optional properties have them: absent, never undefined. */
function defined<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as never;
}
