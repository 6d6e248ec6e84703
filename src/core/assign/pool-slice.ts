// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { Remark } from '../plan/action.ts';
import { foreignPool } from '../pool/plan-pool.ts';
import { foreignSign, pathsOf } from '../pool/pool-entry.ts';
import { gpusIn, newPool, poolNamed, poolReason, poolStep, trueFlag } from '../pool/pool-steps.ts';
import { syncEntries } from '../pool/sync-entries.ts';
import { ok, problem, type Result } from '../problem.ts';
import { liveMigration } from '../vf/live-migration.ts';
import type { VfGpu } from '../vf/vf-gpu.ts';
import type { GuestGround } from './assign-request.ts';
import { type Assignment, groundOf } from './assignments.ts';
import { migrationRemarks } from './migration-remarks.ts';
import { isOurPool, POOL_BY_ASSIGN } from './ours.ts';
import { pinnedVfs } from './pins.ts';
import type { SliceChoice } from './slice-choice.ts';
import { poolSizeRemarks, vfRemarks } from './slice-remarks.ts';

/** A slice from a pool: the pool is made, or made true, first. A pool that somebody else made is only made true. */
export function poolSlice(
  ground: GuestGround,
  gpu: VfGpu,
  guest: Guest,
  assignments: readonly Assignment[],
  id: string,
): Result<SliceChoice> {
  const { pci, node } = groundOf(ground.facts);
  const pool = poolNamed(ground.facts, id);
  const sign = pool === undefined ? undefined : foreignSign(pool, pci, node);
  if (sign !== undefined) return foreignPool(id, sign);
  const others = gpusIn(pool?.entries ?? [], pci, node);
  if (others.length > 0 && !others.some((other) => other.bdf === gpu.pf.bdf))
    return problem('pool.invalid', `The pool ${id} has VFs of ${others[0]?.bdf ?? ''}, not of ${gpu.pf.bdf}.`, {
      hint: 'Name a pool of its own with --pool, or leave out --gpu.',
      where: id,
    });
  const hasOwn = pool?.entries.some((entry) => entry.node === node) ?? false;
  const fill = pool === undefined || isOurPool(pool) || !hasOwn ? gpu.vfs : [];
  const synced = syncEntries(pool?.entries ?? [], { pci, node, pinned: pinnedVfs(assignments), fill });
  const usable = synced.entries.filter((entry) => entry.node === node).flatMap(pathsOf);
  if (usable.length === 0)
    return problem('guest.slice-taken', `No VF of ${gpu.pf.bdf} is left for the pool ${id}: all are pinned to guests.`, {
      hint: 'See pveigpu assignments; unassign one, or make more VFs.',
    });
  const migration = liveMigration(ground.facts, gpu.pf);
  const after =
    pool === undefined
      ? newPool(id, POOL_BY_ASSIGN, synced.entries, [migration])
      : trueFlag({ ...pool, entries: synced.entries }, [migration]);
  const step = poolStep(pool, after, poolReason(pool, after, synced.changes, [migration]));
  const vfs = gpu.vfs.filter((vf) => usable.includes(vf.bdf));
  const remarks: readonly Remark[] = [
    ...staleRemark(id, synced.changes.filter((change) => change.kind !== 'added').length),
    ...poolSizeRemarks(guest, assignments, id, usable.length),
    ...vfRemarks(ground.facts, vfs, gpu.vfioDriver, false),
  ];
  return ok({
    title: `assign a VF from pool ${id}`,
    names: { mapping: id },
    steps: step === undefined ? [] : [step],
    remarks,
    migration: migrationRemarks(guest, after, migration),
    has: false,
  });
}

function staleRemark(id: string, wrong: number): readonly Remark[] {
  if (wrong === 0) return [];
  const text = `The pool ${id} had ${wrong} entries that were not right; one of them is enough to keep every guest of it from starting.`;
  return [{ level: 'note', id: 'pool.corrected', text }];
}
