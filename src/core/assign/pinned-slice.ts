// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, Pool } from '../facts/guest-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark, Step } from '../plan/action.ts';
import { pathsOf } from '../pool/pool-entry.ts';
import { changesText, poolStep } from '../pool/pool-steps.ts';
import { poolUses, unknownGuests } from '../pool/pool-users.ts';
import { syncEntries } from '../pool/sync-entries.ts';
import { ok, problem, type Result } from '../problem.ts';
import { liveMigration } from '../vf/live-migration.ts';
import { type Vf, vfName } from '../vf/vf.ts';
import type { VfGpu } from '../vf/vf-gpu.ts';
import { vfHolders } from '../vf/vf-holders.ts';
import type { GuestGround } from './assign-request.ts';
import { type Assignment, groundOf } from './assignments.ts';
import { guestName } from './guest-keys.ts';
import { noLiveMigration, pinnedBecause } from './migration-remarks.ts';
import { goesWithLastUser } from './ours.ts';
import { pinnedVfs } from './pins.ts';
import { noSuchVf, type SliceChoice } from './slice-choice.ts';
import { sharedVfRemarks, vfRemarks } from './slice-remarks.ts';

/** One VF for one guest, by the address of its link and always with the function. It leaves every pool. */
export function pinnedSlice(
  ground: GuestGround,
  gpu: VfGpu,
  guest: Guest,
  assignments: readonly Assignment[],
  number: number,
): Result<SliceChoice> {
  const vf = gpu.vfs.find((one) => one.number === number);
  if (vf?.device === undefined) return noSuchVf(gpu, number, gpu.vfs.length);
  const own = assignments.filter(
    (one) => one.guest.vmid === guest.vmid && one.state !== 'leaving' && one.devices.includes(vf.bdf),
  );
  const inArgs = own.find((one) => one.form === 'args');
  if (inArgs !== undefined)
    return problem('guest.slice-taken', `${guestName(guest)} names ${vfName(vf)} in its args already: ${inArgs.value}`, {
      hint: 'Take it out there first; PVE neither binds nor reserves such a device.',
    });
  const has = own.some((one) => one.form === 'raw');
  const pools = withoutVf(ground, assignments, guest, vf);
  const remarks: readonly Remark[] = [
    ...(has ? [alreadyHas(guest, vf)] : []),
    ...sharedVfRemarks(guest, assignments, vf),
    ...heldNow(ground, guest, vf),
    ...vfRemarks(ground.facts, [vf], gpu.vfioDriver, true),
    ...pools.remarks,
  ];
  const migration = [noLiveMigration(guest, pinnedBecause(liveMigration(ground.facts, gpu.pf)))];
  return ok({ title: `assign ${vfName(vf)}`, names: { host: vf.bdf }, steps: pools.steps, remarks, migration, has });
}

function alreadyHas(guest: Guest, vf: Vf): Remark {
  return { level: 'note', id: 'guest.already-assigned', text: `${guestName(guest)} has ${vfName(vf)} already.` };
}

function heldNow({ facts }: GuestGround, guest: Guest, vf: Vf): readonly Remark[] {
  return vfHolders(facts, vf)
    .filter((holder) => holder.vmid !== undefined && holder.vmid !== guest.vmid)
    .map((holder) => ({
      level: 'warning',
      id: 'slice.held-now',
      text: `${vfName(vf)} is in use by ${holder.name} now; ${guestName(guest)} can start with it when that one is stopped.`,
    }));
}

/** The steps that take a VF out of the pools of this node, so that no guest of a pool gets it. */
function withoutVf(
  { facts }: GuestGround,
  assignments: readonly Assignment[],
  guest: Guest,
  vf: Vf,
): { readonly steps: readonly Step[]; readonly remarks: readonly Remark[] } {
  const { pci, node } = groundOf(facts);
  const pinned = new Map<string, string>([...pinnedVfs(assignments), [vf.bdf, guestName(guest)]]);
  const steps: Step[] = [];
  const remarks: Remark[] = [];
  for (const pool of ifKnown(facts.pools)?.pools ?? []) {
    if (!pool.entries.some((entry) => entry.node === node && pathsOf(entry).includes(vf.bdf))) continue;
    const { entries, changes } = syncEntries(pool.entries, { pci, node, pinned, fill: [] });
    const uses = poolUses(facts, pool.id);
    const isUsed = unknownGuests(facts) !== undefined || uses.length > 0;
    const after: Pool | undefined = entries.length > 0 ? { ...pool, entries } : undefined;
    if (after === undefined && (isUsed || !goesWithLastUser(pool))) {
      const text = `${vfName(vf)} is the only VF of the pool ${pool.id}, and PVE has no empty pools: the pool keeps naming it.`;
      const self = uses.some((use) => use.guest.vmid === guest.vmid && use.section.snapshot !== true);
      remarks.push(self ? never(guest, text) : { level: 'warning', id: 'pool.last-vf', text });
      continue;
    }
    const step = poolStep(pool, after, changesText(changes));
    if (step !== undefined) steps.push(step);
  }
  return { steps, remarks };
}

/** The guest would need the one VF twice. */
function never(guest: Guest, text: string): Remark {
  return {
    level: 'blocker',
    id: 'pool.last-vf',
    text: `${text} ${guestName(guest)} has a slice of that pool too, so it could never start.`,
    hint: `Make more VFs, or take that slice first: pveigpu unassign ${guest.vmid}`,
    overridable: true,
    code: 'guest.slice-taken',
  };
}
