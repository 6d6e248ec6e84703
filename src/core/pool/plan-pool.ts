// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments, nodeOf } from '../assign/assignments.ts';
import { DEFAULT_POOL, isOurPool, POOL_BY_NAME } from '../assign/ours.ts';
import { pinnedVfs } from '../assign/pins.ts';
import type { Pool } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { isConfigId } from '../guest/property-string.ts';
import { trueMdevEntries } from '../mdev/mdev-pool.ts';
import type { Bdf } from '../pci/address.ts';
import type { Plan, Remark } from '../plan/action.ts';
import type { Ledger } from '../plan/ledger.ts';
import { ok, type Problem, problem, type Result } from '../problem.ts';
import { liveMigration } from '../vf/live-migration.ts';
import { intelGpus, vfsOf } from '../vf/vf.ts';
import { foreignSign } from './pool-entry.ts';
import { gpusIn, newPool, poolNamed, poolReason, poolStep, trueFlag } from './pool-steps.ts';
import { poolUses, unknownGuests, unreadName } from './pool-users.ts';
import { requireKnown, writablePve } from './pve-writable.ts';
import { syncEntries } from './sync-entries.ts';

export type PoolVerb = 'create' | 'sync' | 'remove';

/** What is asked of a pool. */
export interface PoolRequest {
  /** Default `igpu-vf`. */
  readonly id?: string;
  /** Whose VFs it shall name, needed when several GPUs have some. */
  readonly gpu?: Bdf;
}

/** What `pool create`, `sync` and `remove` do. Entries of other nodes stay as they are. */
export function planPoolChange(facts: HostFacts, ledger: Ledger, verb: PoolVerb, request: PoolRequest): Result<Plan> {
  const id = request.id ?? DEFAULT_POOL;
  if (!isConfigId(id))
    return problem('usage', `"${id}" is no name for a pool.`, { hint: 'Use a letter, then letters, digits, - and _.' });
  const pve = writablePve(facts);
  if (!pve.ok) return pve;
  const sensed = requireKnown(facts, ['pci', 'pools', 'guests']);
  if (!sensed.ok) return sensed;
  const pool = poolNamed(facts, id);
  const isForMdevs = pool?.mdev === true && isOurPool(pool);
  if (isForMdevs && verb !== 'remove') return ok(syncMdevPool(facts, pool));
  const sign = pool === undefined || isForMdevs ? undefined : foreignSign(pool, pciOf(facts), nodeOf(facts));
  if (sign !== undefined) return foreignPool(id, sign);
  if (verb === 'remove') return planRemove(facts, id, pool);
  if (pool === undefined && verb === 'sync')
    return problem('pool.invalid', `There is no pool ${id}.`, { hint: `Make it with: pveigpu pool create ${id}` });
  return planFill(facts, id, pool, verb, request, allAssignments(facts, ledger));
}

/** A mapping for mediated devices of ours names one GPU, whose IOMMU group may have changed. */
function syncMdevPool(facts: HostFacts, pool: Pool): Plan {
  const entries = trueMdevEntries(pool.entries, pciOf(facts), nodeOf(facts));
  const step = poolStep(pool, { ...pool, entries }, 'its entry is as the GPU is now');
  return { title: `sync the pool ${pool.id}`, steps: step === undefined ? [] : [step], remarks: [] };
}

/** Refuses a mapping that somebody else uses for something else. */
export function foreignPool(id: string, sign: string): { readonly ok: false; readonly problem: Problem } {
  return problem('pool.invalid', `The mapping ${id} is no pool of VFs of ours: ${sign}.`, {
    hint: 'Name another pool with --pool.',
    where: id,
  });
}

function planFill(
  facts: HostFacts,
  id: string,
  pool: Pool | undefined,
  verb: PoolVerb,
  request: PoolRequest,
  assignments: readonly Assignment[],
): Result<Plan> {
  const pci = pciOf(facts);
  const node = nodeOf(facts);
  const chosen = gpusToFill(pci, node, pool, request.gpu);
  if (!chosen.ok) return chosen;
  const fill = verb === 'create' || pool === undefined || isOurPool(pool) || id === DEFAULT_POOL ? chosen.value : [];
  const synced = syncEntries(pool?.entries ?? [], {
    pci,
    node,
    pinned: pinnedVfs(assignments),
    fill: fill.flatMap((gpu) => vfsOf(pci, gpu)),
  });
  if (synced.entries.length === 0)
    return problem('vf.none', `There is no VF for the pool ${id}: none exists on ${node} that no guest has pinned.`, {
      hint: 'Make VFs first with: pveigpu vf create',
    });
  const asked = verb === 'create' && pool !== undefined && isOurPool(pool) ? { description: POOL_BY_NAME } : {};
  const migration = chosen.value.map((gpu) => liveMigration(facts, gpu));
  const after: Pool =
    pool === undefined
      ? newPool(id, POOL_BY_NAME, synced.entries, migration)
      : trueFlag({ ...pool, ...asked, entries: synced.entries }, migration);
  const reason = poolReason(pool, after, synced.changes, migration) || 'it is kept until it is removed by name';
  const step = poolStep(pool, after, reason);
  const steps = step === undefined ? [] : [step];
  return ok({ title: `${pool === undefined ? 'create' : 'sync'} the pool ${id}`, steps, remarks: doubts(facts) });
}

function planRemove(facts: HostFacts, id: string, pool: Pool | undefined): Result<Plan> {
  const title = `remove the pool ${id}`;
  if (pool === undefined) return ok({ title, steps: [], remarks: [] });
  if (!isOurPool(pool))
    return problem('pool.invalid', `The pool ${id} was not made by pveigpu, so it is not removed.`, {
      hint: `If you mean it: pvesh delete /cluster/mapping/pci/${id}`,
    });
  const doubt = unknownGuests(facts);
  if (doubt !== undefined)
    return problem('facts.unknown', `Whether a guest uses the pool ${id} is not known: ${doubt}.`, {
      hint: 'Try again when it can be read.',
    });
  const users = [...new Set(poolUses(facts, id).map((use) => use.name))];
  if (users.length > 0)
    return problem('vf.in-use', `The pool ${id} is used by ${users.join(', ')}.`, {
      hint: 'Take it from them first: pveigpu unassign VMID',
    });
  const others = pool.entries.filter((entry) => entry.node !== nodeOf(facts));
  const after = others.length > 0 ? { ...pool, entries: others } : undefined;
  const reason = after === undefined ? 'no guest uses it' : "this node's entries go, other nodes' stay";
  const step = poolStep(pool, after, reason);
  return ok({ title, steps: step === undefined ? [] : [step], remarks: [] });
}

/** The GPU asked for, else those that the pool has VFs of, else the only one with VFs. */
function gpusToFill(pci: PciFacts, node: string, pool: Pool | undefined, wanted: Bdf | undefined): Result<readonly PciDevice[]> {
  const gpus = intelGpus(pci);
  if (wanted !== undefined) {
    const gpu = gpus.find((device) => device.bdf === wanted);
    return gpu === undefined ? problem('gpu.unknown', `${wanted} is no Intel GPU of this machine.`) : ok([gpu]);
  }
  const named = gpusIn(pool?.entries ?? [], pci, node);
  if (named.length > 0) return ok(named);
  const withVfs = gpus.filter((gpu) => vfsOf(pci, gpu).length > 0);
  if (withVfs.length < 2) return ok(withVfs);
  return problem('gpu.several', `Several GPUs have VFs: ${withVfs.map((gpu) => gpu.bdf).join(', ')}.`, {
    hint: `Say which with --gpu, for example --gpu ${withVfs[0]?.bdf ?? ''}.`,
  });
}

/** A guest that cannot be read may have a VF pinned that the pool then names too. */
function doubts(facts: HostFacts): readonly Remark[] {
  return (ifKnown(facts.guests)?.unreadable ?? []).map((unread) => ({
    level: 'warning',
    id: 'guests.unreadable',
    text: `A VF that is pinned to a guest may be named too: ${unreadName(unread)} cannot be read (${unread.reason}).`,
  }));
}

function pciOf(facts: HostFacts): PciFacts {
  return ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] };
}
