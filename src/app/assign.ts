// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../core/assign/assign-request.ts';
import { ownGuests } from '../core/assign/assignments.ts';
import { nextConfig } from '../core/assign/guest-keys.ts';
import { planAssignment } from '../core/assign/plan-assign.ts';
import { needsGroups } from '../core/container/plan-share.ts';
import type { Guest } from '../core/facts/guest-facts.ts';
import type { PciDevice } from '../core/facts/pci-facts.ts';
import { known } from '../core/facts/section.ts';
import { nvidiaCard, romOfCard } from '../core/optimus/plan-assign-optimus.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import { type AddressBits, cpuBits, iommuBits } from '../core/whole-gpu/address-width.ts';
import { ROM_FOLDER } from '../core/whole-gpu/gpu-args.ts';
import { readRom, readTables } from './acpi-ground.ts';
import { containerOf, containerRequest, withContainer } from './container-ground.ts';
import { groupsOfStopped, unmountLeftovers } from './container-mount.ts';
import type { Context } from './context.ts';
import { type GuestPlanOptions, guestGround } from './guest-ground.ts';
import { readSettings } from './settings.ts';

/** Stand for groups that are not known yet. */
const ANY_GROUPS = known(['render', 'video'].map((name) => ({ name, gid: 1 })));

/** What the caller brings, and whether a container that does not run may be mounted for a moment to look into it. */
export interface AssignOptions extends GuestPlanOptions {
  readonly mayMount?: boolean;
}

/**
 * Plans a slice for a guest; nothing is written. When the plan says `then`, apply it and call this again: the slice itself
 * is planned from the VFs that the first plan made.
 */
export async function planAssign(context: Context, request: AssignRequest, options: AssignOptions): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const mayMount = options.mayMount === true && context.host.abilities.run;
  if (mayMount) await unmountLeftovers(context);
  let ground = await guestGround(context, request.vmid, options, settings.value);
  if (!ground.ok) return ground;
  const container = containerOf(ground.value, request.vmid);
  if (container !== undefined) {
    const isStopped = container.running.state === 'known' && !container.running.value;
    if (!(mayMount && isStopped && needsGroups(request, container)))
      return await planShared(context, ground.value, container, request, undefined);
    // Whatever else stands in the way is said without a look.
    const inTheWay = await planShared(context, ground.value, container, request, ANY_GROUPS);
    if (!inTheWay.ok) return inTheWay;
    const groups = await groupsOfStopped(context, request.vmid);
    // PVE has written the container's file meanwhile.
    ground = await guestGround(context, request.vmid, options, settings.value);
    return ground.ok ? await planShared(context, ground.value, container, request, groups) : ground;
  }
  const card = nvidiaCard(ground.value.facts, request);
  if (card !== undefined) return await planNvidia(context, ground.value, card, withSettings(request, settings.value));
  const { romfile } = request;
  const isBare = romfile !== undefined && !romfile.includes('/');
  const romExists = isBare && (await context.host.stat(`${ROM_FOLDER}${romfile}`)).kind === 'content';
  const addressBits = await readAddressBits(context);
  return planAssignment({ ...ground.value, romExists, addressBits }, withSettings(request, settings.value));
}

async function planNvidia(context: Context, ground: GuestGround, card: PciDevice, request: AssignRequest): Promise<Result<Plan>> {
  const guest = ownGuests(ground.facts).find((one) => one.vmid === request.vmid && one.kind === 'qemu');
  if (guest === undefined) return planAssignment(ground, request);
  const tables = await readTables(context.host, guest.vmid, nextConfig(guest).args);
  if (!tables.ok) return tables;
  const romfile = romOfCard(ground.facts, guest, card, request);
  const rom = romfile === undefined || romfile.includes('/') ? undefined : await readRom(context.host, romfile);
  return planAssignment({ ...ground, acpi: { ...tables.value, ...(rom === undefined ? {} : { rom }) } }, request);
}

async function planShared(
  { host }: Context,
  ground: GuestGround,
  container: Guest,
  request: AssignRequest,
  groups: GuestGround['groups'],
): Promise<Result<Plan>> {
  return planAssignment(await withContainer(host, ground, container, request, groups), containerRequest(request));
}

/** How many bits of address processor and IOMMU have, as far as they say. */
export async function readAddressBits({ host }: Context): Promise<AddressBits> {
  const [cpuinfo, units] = [await host.read('/proc/cpuinfo'), await host.list('/sys/class/iommu')];
  const unit = units.kind === 'content' ? units.value.find((name) => name.startsWith('dmar')) : undefined;
  const cap = unit === undefined ? undefined : await host.read(`/sys/class/iommu/${unit}/intel-iommu/cap`);
  const cpu = cpuinfo.kind === 'content' ? cpuBits(cpuinfo.value) : undefined;
  const iommu = cap?.kind === 'content' ? iommuBits(cap.value) : undefined;
  return { ...(cpu === undefined ? {} : { cpu }), ...(iommu === undefined ? {} : { iommu }) };
}

/** What was not asked for is as the administrator wants it. */
export function withSettings(request: AssignRequest, { pool, hook }: Settings): AssignRequest {
  // The setting names a pool of VFs.
  const usual =
    pool === undefined || request.vf !== undefined || request.mode === 'gvt-g' || request.mode === 'gvt-d' ? {} : { pool };
  return { ...usual, ...request, hook: request.hook === true || hook };
}
