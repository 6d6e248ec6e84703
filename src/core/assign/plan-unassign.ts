// SPDX-License-Identifier: AGPL-3.0-or-later
import { releaseShare } from '../container/release-share.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { requireKnown, writablePve } from '../pool/pve-writable.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelVfs } from '../vf/vf.ts';
import { unsignHandover } from '../whole-gpu/handover-sign.ts';
import type { GuestGround } from './assign-request.ts';
import { type Assignment, allAssignments, groundOf } from './assignments.ts';
import { findGuest, unlockedGuest } from './find-guest.ts';
import { forgetRest, goneGuest } from './forget-guest.ts';
import { guestName } from './guest-keys.ts';
import { rejectedLines } from './guest-remarks.ts';
import { type Release, releaseKeys, touchedBefore } from './release-keys.ts';
import { type Sweep, sweepHook, sweepPools } from './sweep.ts';
import { sweepTables } from './sweep-tables.ts';

/** What is taken with `--force` though it was set by hand. */
const FORCIBLE: ReadonlySet<Assignment['form']> = new Set(['raw', 'pool', 'mdev', 'pf', 'render']);

/** What is asked: everything of ours out of one guest. */
export interface UnassignRequest {
  readonly vmid: number;
  /** Also takes what was assigned by hand. */
  readonly force?: boolean;
}

/**
 * Gives a guest back what it had: our keys go, with or without a ledger, and what served only this guest goes too. What
 * the user wrote stays, unless forced.
 */
export function planRelease(ground: GuestGround, request: UnassignRequest): Result<Plan> {
  const { facts, ledger } = ground;
  const pve = writablePve(facts);
  if (!pve.ok) return pve;
  const sensed = requireKnown(facts, ['pci', 'pools', 'guests']);
  if (!sensed.ok) return sensed;
  const gone = goneGuest(facts, ledger, request.vmid);
  const found = gone === undefined ? findGuest(facts, request.vmid) : ok(gone);
  if (!found.ok) return found;
  const guest = found.value;
  const assignments = allAssignments(facts, ledger);
  const own = assignments.filter((one) => one.guest.vmid === guest.vmid);
  const mine = own.filter((one) => one.ours || (request.force === true && FORCIBLE.has(one.form)));
  const share = releaseShare(ground, guest, releaseKeys(guest, mine, ledger));
  const { release } = share;
  const pools = sweepPools(facts, ledger, guest, release, assignments);
  const hook = sweepHook(facts, ledger, guest, release, ground.hook);
  const tables = sweepTables(facts, guest, ground.acpi?.files ?? {});
  const change = [...share.steps, ...changeGuest(share, guest, release)];
  const forget = forgetRest(ledger, guest, Object.keys(touchedBefore(guest, release)));
  const sign = unsignHandover(guest.vmid, ground.handoverSign);
  const steps = [...change, ...pools.steps, ...hook.steps, ...tables.steps, ...sign, ...forget];
  const isTidying = forget.length > 0 || (steps.length > 0 && own.length === 0);
  const isNothing = change.length === 0 && release.leaving.length === 0 && !isTidying;
  if (isNothing) return nothingOfOurs(guest, own);
  const locked = unlockedGuest(guest);
  if (!locked.ok) return locked;
  const byHand = own.filter((one) => !mine.includes(one) && one.state !== 'leaving');
  return ok({
    title: `${change.length > 0 ? 'take the slice from' : 'tidy up after'} ${guestName(guest)}${gone === undefined ? '' : ', which is gone'}`,
    steps,
    remarks: [...share.remarks, ...remarksOf(ground, guest, release, byHand, [pools, hook, tables])],
  });
}

function changeGuest({ digest }: Pick<GuestGround, 'digest'>, guest: Guest, release: Release): readonly Step[] {
  const { set, remove, revert } = release;
  if (Object.keys(set).length + remove.length + revert.length === 0) return [];
  const before = touchedBefore(guest, release);
  const { kind, vmid } = guest;
  const args = { kind, vmid, set, remove, revert, digest, before, release: true } as const;
  return [{ action: 'setGuestConfig', args, reason: `${guestName(guest)} gets back what it had` }];
}

function nothingOfOurs(guest: Guest, own: readonly Assignment[]): Result<Plan> {
  const byHand = own.find(({ form }) => FORCIBLE.has(form));
  if (byHand !== undefined)
    return problem('guest.needs-flag', `${guestName(guest)} has ${byHand.key}: ${byHand.value}, which was not set by pveigpu.`, {
      hint: 'Give --force to take it all the same.',
    });
  const other = own[0];
  if (other !== undefined)
    return problem(
      'guest.not-assigned',
      `${guestName(guest)} has ${other.key}: ${other.value}, which pveigpu did not set and does not change.`,
      {
        hint: `Take it out by hand: qm set ${guest.vmid} --delete ${other.key}`,
      },
    );
  return problem('guest.not-assigned', `${guestName(guest)} has no slice of a GPU.`, { hint: 'See pveigpu assignments.' });
}

function remarksOf(
  { facts }: GuestGround,
  guest: Guest,
  release: Release,
  byHand: readonly Assignment[],
  sweeps: readonly Sweep[],
): readonly Remark[] {
  const name = guestName(guest);
  const isUp = guest.running.state === 'known' && guest.running.value;
  const waits = [...release.remove, ...Object.keys(release.set)].some((key) => key !== 'hookscript');
  const remarks: Remark[] = [];
  if (Object.keys(touchedBefore(guest, release)).length > 0) remarks.push(...rejectedLines(guest, true));
  if (isUp && waits) {
    const text = `${name} is running: it keeps the slice until it is stopped.`;
    remarks.push({ level: 'note', id: 'guest.running', text });
  }
  if (release.leaving.length > 0) {
    const text = `${name} loses ${release.leaving.join(', ')} at its next full stop already.`;
    remarks.push({ level: 'note', id: 'guest.already-leaving', text });
  }
  for (const key of release.changed) {
    const text = `${key} of ${name} was changed since pveigpu set it, so it stays.`;
    remarks.push({ level: 'warning', id: 'guest.key-changed', text });
  }
  for (const one of byHand) {
    const text = `${one.key}: ${one.value} of ${name} was not set by pveigpu, so it stays.`;
    remarks.push({ level: 'note', id: 'guest.by-hand', text });
  }
  remarks.push(...sweeps.flatMap((sweep) => sweep.remarks));
  const vfs = intelVfs(groundOf(facts).pci);
  if (vfs.length > 0 && guest.kind === 'qemu') {
    const text = `The ${vfs.length} VFs stay for other guests.`;
    remarks.push({ level: 'note', id: 'vf.remain', text, hint: 'pveigpu vf remove takes them away when nobody uses them.' });
  }
  return remarks;
}
