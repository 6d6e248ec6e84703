// SPDX-License-Identifier: AGPL-3.0-or-later
import { planRelease, type UnassignRequest } from '../core/assign/plan-unassign.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import { readTables } from './acpi-ground.ts';
import { containerFile, containerOf } from './container-ground.ts';
import { unmountLeftovers } from './container-mount.ts';
import type { Context } from './context.ts';
import { type GuestPlanOptions, guestGround } from './guest-ground.ts';

/** As for `assign`: a plan alone, such as a browser asks for, takes nothing down. */
export interface UnassignOptions extends GuestPlanOptions {
  readonly mayMount?: boolean;
}

/** Plans giving a guest back what it had; nothing is written. With `mayMount`, what a killed look left mounted is taken down first. */
export async function planUnassign(context: Context, request: UnassignRequest, options: UnassignOptions): Promise<Result<Plan>> {
  // A container that a killed look left mounted is locked, and PVE would not change it.
  if (options.mayMount === true && context.host.abilities.run) await unmountLeftovers(context);
  const ground = await guestGround(context, request.vmid, options);
  if (!ground.ok) return ground;
  const container = containerOf(ground.value, request.vmid);
  const file = container === undefined ? undefined : await containerFile(context.host, request.vmid, ground.value.digest);
  const tables = await readTables(context.host, request.vmid, undefined);
  if (!tables.ok) return tables;
  const known = { ...ground.value, acpi: tables.value, ...(file === undefined ? {} : { containerFile: file }) };
  return planRelease(known, request);
}
