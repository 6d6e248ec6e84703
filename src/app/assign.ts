// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest } from '../core/assign/assign-request.ts';
import { planAssignment } from '../core/assign/plan-assign.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { type GuestPlanOptions, guestGround } from './guest-ground.ts';

/** Where PVE looks for option ROMs (qemu-server PCI.pm). */
const ROM_FOLDER = '/usr/share/kvm';

/**
 * Plans a slice for a guest; nothing is written. When the plan says `then`, apply it and call this again: the slice itself
 * is planned from the VFs that the first plan made.
 */
export async function planAssign(context: Context, request: AssignRequest, options: GuestPlanOptions): Promise<Result<Plan>> {
  const ground = await guestGround(context, request.vmid, options);
  if (!ground.ok) return ground;
  const { romfile } = request;
  const isBare = romfile !== undefined && !romfile.includes('/');
  const romExists = isBare && (await context.host.stat(`${ROM_FOLDER}/${romfile}`)).kind === 'content';
  return planAssignment({ ...ground.value, romExists }, request);
}
