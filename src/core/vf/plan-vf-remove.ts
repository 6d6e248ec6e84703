// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments, nodeOf } from '../assign/assignments.ts';
import { guestName } from '../assign/guest-keys.ts';
import { isOurPool } from '../assign/ours.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Bdf } from '../pci/address.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { gpuKey } from '../plan/desired.ts';
import type { Ledger } from '../plan/ledger.ts';
import { pathsOf } from '../pool/pool-entry.ts';
import { poolStep } from '../pool/pool-steps.ts';
import { poolUses, unknownGuests } from '../pool/pool-users.ts';
import { requireKnown, writablePve } from '../pool/pve-writable.ts';
import { ok, problem, type Result } from '../problem.ts';
import { vfLink } from './bind-steps.ts';
import { halfRemovedVfs, noOpenRemoval } from './half-removed.ts';
import { intelGpus, type Vf, vfName, vfsOf } from './vf.ts';
import { vfHolders } from './vf-holders.ts';

/** Destroying VFs waits for their drivers to let go. */
const REMOVE_MS = 30_000;

/** Which VFs go, and for how long. */
export interface VfRemoveRequest {
  readonly gpu?: Bdf;
  /** They stay desired: the next boot makes them again, and so does the end of a hand-over. */
  readonly forNow?: boolean;
}

/**
 * Takes all VFs of a GPU away. Refused, naming who, while one is reserved, open, or in the configuration of a guest that
 * runs: the kernel would pull it out from under the guest, or hang. Nothing is done when who uses them is not known.
 */
export function planRemoveVfs(facts: HostFacts, ledger: Ledger, request: VfRemoveRequest): Result<Plan> {
  const sensed = requireKnown(facts, ['pci', 'holders', 'reservations', 'guests', 'pools']);
  if (!sensed.ok) return sensed;
  const chosen = gpuWithVfs(facts, request.gpu);
  if (!chosen.ok) return chosen;
  const { pf, vfs } = chosen.value;
  const title = `remove the VFs of ${pf.bdf}`;
  const pci = ifKnown(facts.pci);
  const removed = pci === undefined ? ok(undefined) : noOpenRemoval(facts, pci, pf);
  if (!removed.ok) return removed;
  if (vfs.length === 0) return ok({ title, steps: [], remarks: [] });
  const assignments = allAssignments(facts, ledger);
  const used = usedNow(facts, vfs, assignments);
  if (!used.ok) return used;
  const pools = poolSteps(facts, vfs);
  if (!pools.ok) return pools;
  const remarks = [...lateUsers(vfs, assignments), ...pools.value.remarks];
  return ok({
    title,
    steps: [...pools.value.steps, ...autoprobeBack(pf), noVfs(pf, vfs)],
    remarks,
    ...(request.forNow === true ? {} : { desired: { gpu: gpuKey(pf), wish: null } }),
  });
}

function gpuWithVfs(facts: HostFacts, wanted: Bdf | undefined): Result<{ readonly pf: PciDevice; readonly vfs: readonly Vf[] }> {
  const pci = ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] };
  const gpus = intelGpus(pci).map((pf) => ({ pf, vfs: vfsOf(pci, pf), leaving: halfRemovedVfs(pci, pf) }));
  if (wanted !== undefined) {
    const gpu = gpus.find(({ pf }) => pf.bdf === wanted);
    return gpu === undefined ? problem('gpu.unknown', `${wanted} is no Intel GPU of this machine.`) : ok(gpu);
  }
  const withVfs = gpus.filter(({ vfs, leaving }) => vfs.length + leaving.length > 0);
  const [first] = withVfs.length > 0 ? withVfs : gpus;
  if (first === undefined) return problem('gpu.none', 'There is no Intel GPU on this machine.');
  if (withVfs.length < 2) return ok(first);
  return problem('gpu.several', `Several GPUs have VFs: ${withVfs.map(({ pf }) => pf.bdf).join(', ')}.`, {
    hint: `Say which with --gpu, for example --gpu ${first.pf.bdf}.`,
  });
}

function usedNow(facts: HostFacts, vfs: readonly Vf[], assignments: readonly Assignment[]): Result<void> {
  const blind = ifKnown(facts.holders)?.unreadableProcesses ?? 0;
  if (blind > 0)
    return problem('facts.unknown', `What ${blind} processes have open cannot be read, so a VF may be in use.`, {
      hint: 'Run pveigpu as root.',
    });
  for (const vf of vfs) {
    const [holder] = vfHolders(facts, vf);
    if (holder !== undefined) return inUse(vf, holder.name);
  }
  for (const one of assignments) {
    if (one.guest.running.state === 'known' && !one.guest.running.value) continue;
    const vf = vfs.find(({ bdf }) => one.devices.includes(bdf));
    if (vf === undefined || one.state === 'pending') continue;
    // A guest that runs, or of which we do not know, may hold any VF of its pool.
    const who = one.guest.running.state === 'known' ? `${guestName(one.guest)}, which is running` : guestName(one.guest);
    return inUse(vf, who);
  }
  return ok(undefined);
}

function inUse(vf: Vf, who: string): Result<void> {
  return problem('vf.in-use', `${vfName(vf)} is in use by ${who}.`, { hint: 'Stop it first, then try again.', where: vf.bdf });
}

/** Stopped guests that are set to use a VF: they cannot start until there are VFs again. */
function lateUsers(vfs: readonly Vf[], assignments: readonly Assignment[]): readonly Remark[] {
  const names = assignments
    .filter((one) => one.state !== 'leaving' && vfs.some(({ bdf }) => one.devices.includes(bdf)))
    .map((one) => guestName(one.guest));
  if (names.length === 0) return [];
  const text = `${[...new Set(names)].join(', ')} cannot start until there are VFs again.`;
  return [{ level: 'warning', id: 'vf.assigned', text, hint: 'Make them with: pveigpu vf create' }];
}

/** Pools of ours that nobody uses lose these VFs. The others keep their entries, to be made true when VFs come back. */
function poolSteps(
  facts: HostFacts,
  vfs: readonly Vf[],
): Result<{ readonly steps: readonly Step[]; readonly remarks: readonly Remark[] }> {
  const steps: Step[] = [];
  const remarks: Remark[] = [];
  const node = nodeOf(facts);
  const doubt = unknownGuests(facts);
  for (const pool of ifKnown(facts.pools)?.pools ?? []) {
    const isGone = (entry: (typeof pool.entries)[number]) =>
      entry.node === node && pathsOf(entry).some((path) => vfs.some(({ bdf }) => bdf === path));
    if (!pool.entries.some(isGone)) continue;
    const entries = pool.entries.filter((entry) => !isGone(entry));
    const users = [...new Set(poolUses(facts, pool.id).map((use) => use.name))];
    const why = !isOurPool(pool)
      ? 'pveigpu did not make it'
      : (doubt ?? (users.length > 0 ? `${users.join(', ')} ${users.length > 1 ? 'use' : 'uses'} it` : undefined));
    if (why !== undefined) {
      const text = `The pool ${pool.id} keeps entries for VFs that are gone: ${why}.`;
      remarks.push({ level: 'warning', id: 'pool.stale', text, hint: 'pveigpu pool sync makes it true again.' });
      continue;
    }
    const pve = writablePve(facts);
    if (!pve.ok) return pve;
    const after = entries.length > 0 ? { ...pool, entries } : undefined;
    const step = poolStep(pool, after, 'its VFs go away');
    if (step !== undefined) steps.push(step);
  }
  return ok({ steps, remarks });
}

/** 1 is what the kernel starts with, and what it had before VFs were made here. */
function autoprobeBack(pf: PciDevice): readonly Step[] {
  if (pf.sriov?.driversAutoprobe !== false) return [];
  const path = `/sys/bus/pci/devices/${pf.bdf}/sriov_drivers_autoprobe`;
  const args = { path, value: '1', undo: '0', timeoutMs: 5000, mustBeFree: [] };
  return [{ action: 'writeSysfs', args, reason: 'as the kernel had it' }];
}

/** Last, since VFs that come back by undoing would be without their drivers. */
function noVfs(pf: PciDevice, vfs: readonly Vf[]): Step {
  const args = {
    path: `/sys/bus/pci/devices/${pf.bdf}/sriov_numvfs`,
    value: '0',
    undo: String(vfs.length),
    verify: { kind: 'absent', path: vfLink(pf.bdf, 1) },
    verifyUndo: { kind: 'exists', path: vfLink(pf.bdf, vfs.length) },
    timeoutMs: REMOVE_MS,
    mustBeFree: vfs.map(({ bdf }) => bdf),
  } as const;
  return { action: 'writeSysfs', args, reason: `take ${vfs.length} VFs away` };
}
