// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, Pool } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark, Step } from '../plan/action.ts';
import { fromBase64 } from '../plan/file-image.ts';
import type { Ledger } from '../plan/ledger.ts';
import { pathsOf } from '../pool/pool-entry.ts';
import { changesText, gpusIn, poolStep } from '../pool/pool-steps.ts';
import { type GuestUse, guestUses, poolUses, unknownGuests } from '../pool/pool-users.ts';
import { syncEntries } from '../pool/sync-entries.ts';
import { intelVfs, type Vf, vfsOf } from '../vf/vf.ts';
import { type Assignment, groundOf } from './assignments.ts';
import type { HookFile } from './hook-script.ts';
import { goesWithLastUser, isOurFile, isOurPool } from './ours.ts';
import { pinnedVfs } from './pins.ts';
import type { Release } from './release-keys.ts';

/** What is left to tidy when one guest's keys are taken back. */
export interface Sweep {
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
}

/** Pools that nobody uses any more go if an assignment made them; the others get back the VFs that no guest has pinned now. */
export function sweepPools(
  facts: HostFacts,
  ledger: Ledger,
  guest: Guest,
  release: Release,
  assignments: readonly Assignment[],
): Sweep {
  const { pci, node } = groundOf(facts);
  const left = assignments.filter((one) => one.guest.vmid !== guest.vmid || !isGone(one.key, one.state, guest, release));
  const pinned = pinnedVfs(left);
  const doubt = unknownGuests(facts);
  const steps: Step[] = [];
  const remarks: Remark[] = [];
  for (const pool of ifKnown(facts.pools)?.pools ?? []) {
    const users = poolUses(facts, pool.id).filter((use) => !isFreed(use, guest, release));
    const before = Object.hasOwn(ledger.pools, pool.id) ? ledger.pools[pool.id]?.before : undefined;
    if (users.length === 0 && goesWithLastUser(pool)) {
      if (doubt === undefined) steps.push(...dropOwn(pool, node));
      else remarks.push(kept(pool, doubt));
      continue;
    }
    const concerns = poolUses(facts, pool.id).some((use) => use.guest.vmid === guest.vmid && isTouched(use.key, release));
    if (concerns && goesWithLastUser(pool) && users.every((use) => use.guest.vmid === guest.vmid))
      remarks.push(kept(pool, stillNamed(users)));
    const fill: readonly Vf[] = isOurPool(pool)
      ? gpusIn(pool.entries, pci, node).flatMap((gpu) => vfsOf(pci, gpu))
      : intelVfs(pci).filter((vf) => before?.entries.some((entry) => entry.node === node && pathsOf(entry).includes(vf.bdf)));
    const back = fill.filter((vf) => !pinned.has(vf.bdf) && wasPinnedBy(vf, guest, assignments));
    if (back.length === 0) continue;
    const { entries, changes } = syncEntries(pool.entries, { pci, node, pinned, fill: back });
    const step = poolStep(pool, { ...pool, entries }, changesText(changes));
    if (step !== undefined) steps.push(step);
  }
  return { steps, remarks };
}

/** Our hookscript's file goes when no guest of the cluster, and no snapshot, names it any more. */
export function sweepHook(facts: HostFacts, ledger: Ledger, guest: Guest, release: Release, file: HookFile | undefined): Sweep {
  const none: Sweep = { steps: [], remarks: [] };
  if (file === undefined || file.before.kind !== 'file') return none;
  const gives = release.remove.includes('hookscript') || release.revert.includes('hookscript');
  if (!gives && !Object.hasOwn(ledger.files, file.path)) return none;
  if (!isOurFile(new TextDecoder().decode(fromBase64(file.before.base64)))) return none;
  const uses = guestUses(facts, (key, value) => key === 'hookscript' && value === file.volid);
  const users = [...new Set(uses.filter((use) => !isFreed(use, guest, release)).map((use) => use.name))];
  const doubt = users.length > 0 ? `${users.join(', ')} ${users.length > 1 ? 'name' : 'names'} it` : unknownGuests(facts);
  if (doubt !== undefined) {
    const text = `${file.path} stays: ${doubt}.`;
    return gives ? { steps: [], remarks: [{ level: 'note', id: 'hook.kept', text }] } : none;
  }
  const args = { path: file.path, before: file.before, release: true } as const;
  return { steps: [{ action: 'removeFile', args, reason: 'no guest names our hookscript any more' }], remarks: [] };
}

/** Whether a use of the guest ends with this plan. A running guest keeps the current value of a key until its next stop. */
function isFreed(use: GuestUse, guest: Guest, release: Release): boolean {
  if (use.guest.vmid !== guest.vmid || use.section.snapshot === true) return false;
  if (use.section.name === 'pending')
    return release.revert.includes(use.key) || release.remove.includes(use.key) || use.key in release.set;
  return isGone(use.key, 'set', guest, release);
}

function isGone(key: string, state: Assignment['state'], guest: Guest, release: Release): boolean {
  if (release.revert.includes(key)) return state === 'pending';
  const goes = release.remove.includes(key) || key in release.set;
  if (!goes && !release.leaving.includes(key)) return false;
  // `hookscript` takes effect at once even on a running guest (qemu-server QemuServer.pm, fast_plug_option).
  return key === 'hookscript' || (guest.running.state === 'known' && !guest.running.value && goes);
}

function isTouched(key: string, { set, remove, revert, leaving }: Release): boolean {
  return key in set || remove.includes(key) || revert.includes(key) || leaving.includes(key);
}

function wasPinnedBy(vf: Vf, guest: Guest, assignments: readonly Assignment[]): boolean {
  return assignments.some((one) => one.guest.vmid === guest.vmid && one.form === 'raw' && one.devices.includes(vf.bdf));
}

function dropOwn(pool: Pool, node: string): readonly Step[] {
  const others = pool.entries.filter((entry) => entry.node !== node);
  const after = others.length > 0 ? { ...pool, entries: others } : undefined;
  const reason = after === undefined ? 'no guest uses it any more' : "no guest uses it any more; other nodes' entries stay";
  const step = poolStep(pool, after, reason);
  return step === undefined ? [] : [step];
}

function stillNamed(users: readonly GuestUse[]): string {
  const names = [...new Set(users.map((use) => use.name))];
  const isSnapshot = users.every((use) => use.section.snapshot === true);
  return isSnapshot
    ? `${names.join(', ')} ${names.length > 1 ? 'name' : 'names'} it`
    : `${names.join(', ')} ${names.length > 1 ? 'run' : 'runs'} with it; run pveigpu unassign again when it is stopped`;
}

function kept(pool: Pool, because: string): Remark {
  return { level: 'note', id: 'pool.kept', text: `The pool ${pool.id} stays: ${because}.` };
}
