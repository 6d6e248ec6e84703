// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest } from '../core/assign/assign-request.ts';
import { planAssignment } from '../core/assign/plan-assign.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { Context } from './context.ts';
import { type GuestPlanOptions, guestGround } from './guest-ground.ts';
import { readSettings } from './settings.ts';

/** Where PVE looks for option ROMs (qemu-server PCI.pm). */
const ROM_FOLDER = '/usr/share/kvm';

/**
 * Plans a slice for a guest; nothing is written. When the plan says `then`, apply it and call this again: the slice itself
 * is planned from the VFs that the first plan made.
 */
export async function planAssign(context: Context, request: AssignRequest, options: GuestPlanOptions): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const ground = await guestGround(context, request.vmid, options, settings.value);
  if (!ground.ok) return ground;
  const { romfile } = request;
  const isBare = romfile !== undefined && !romfile.includes('/');
  const romExists = isBare && (await context.host.stat(`${ROM_FOLDER}/${romfile}`)).kind === 'content';
  return planAssignment({ ...ground.value, romExists }, withSettings(request, settings.value));
}

/** What was not asked for is as the administrator wants it. */
function withSettings(request: AssignRequest, { pool, hook }: Settings): AssignRequest {
  const usual = pool === undefined || request.vf !== undefined ? {} : { pool };
  return { ...usual, ...request, hook: request.hook === true || hook };
}
