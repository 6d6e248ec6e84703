// SPDX-License-Identifier: AGPL-3.0-or-later
import { planRomTable, type RomTableRequest, romTableTarget } from '../core/acpi/plan-rom-table.ts';
import { nextConfig } from '../core/assign/guest-keys.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import { readRom, readTables } from './acpi-ground.ts';
import type { Context } from './context.ts';
import { type GuestPlanOptions, guestGround } from './guest-ground.ts';
import { readSettings } from './settings.ts';

/** Plans the ACPI tables that hand out the ROM of one device of a VM; nothing is written. */
export async function planAcpiRomTable(
  context: Context,
  request: RomTableRequest,
  options: GuestPlanOptions,
): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const ground = await guestGround(context, request.vmid, options, settings.value);
  if (!ground.ok) return ground;
  const target = romTableTarget(ground.value, request);
  if (!target.ok) return target;
  const { guest, romfile } = target.value;
  const tables = await readTables(context.host, guest.vmid, nextConfig(guest).args);
  if (!tables.ok) return tables;
  const rom = await readRom(context.host, romfile);
  return planRomTable({ ...ground.value, acpi: { ...tables.value, rom } }, request);
}
