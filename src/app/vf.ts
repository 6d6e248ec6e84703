// SPDX-License-Identifier: AGPL-3.0-or-later
import { judge } from '../core/gpu/judge.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import { planCreateVfs, type VfCreateRequest } from '../core/vf/plan-vf-create.ts';
import { planRemoveVfs, type VfRemoveRequest } from '../core/vf/plan-vf-remove.ts';
import { type VfListView, vfListView } from '../core/vf/vf-list-view.ts';
import type { Context } from './context.ts';
import { readLedger } from './engine/state-files.ts';
import { senseForPlan } from './guest-ground.ts';
import { sense } from './sense/sense.ts';
import { readSettings } from './settings.ts';

/** Plans making VFs, or binding those that exist; nothing is written. */
export async function planVfCreate(context: Context, request: VfCreateRequest): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const { vfCount } = settings.value;
  const facts = await senseForPlan(context);
  return planCreateVfs(facts, judge(facts), { ...request, ...(vfCount === undefined ? {} : { usual: vfCount }) });
}

/** Plans taking all VFs of a GPU away; refused while one is in use. */
export async function planVfRemove(context: Context, request: VfRemoveRequest): Promise<Result<Plan>> {
  const ledger = await readLedger(context.host);
  return ledger.ok ? planRemoveVfs(await senseForPlan(context), ledger.value, request) : ledger;
}

/** The GPUs with their VFs, drivers, IOMMU groups and holders. */
export async function listVfs({ host }: Context): Promise<VfListView> {
  return vfListView(await sense(host, ['pci', 'drm', 'holders', 'pve', 'guests', 'pools', 'reservations']));
}
