// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { makeHostpci, printHostpci } from '../guest/hostpci.ts';
import type { Plan, Remark } from '../plan/action.ts';
import { unreadName } from '../pool/pool-users.ts';
import { ok, problem, type Result } from '../problem.ts';
import { bindUnbound } from '../vf/bind-unbound.ts';
import { withExpectedVfs } from '../vf/expected-facts.ts';
import { planCreateVfs } from '../vf/plan-vf-create.ts';
import { gpuForVfs, type VfGpu } from '../vf/vf-gpu.ts';
import type { AssignRequest, GuestGround } from './assign-request.ts';
import { type Assignment, allAssignments } from './assignments.ts';
import { changeGuest, freeHostpci } from './guest-change.ts';
import { guestName, nextConfig } from './guest-keys.ts';
import { guestNotes } from './guest-notes.ts';
import { guestRemarks, primaryRemarks } from './guest-remarks.ts';
import { hookWish } from './hook-script.ts';
import { DEFAULT_POOL } from './ours.ts';
import { pinnedSlice } from './pinned-slice.ts';
import { poolSlice } from './pool-slice.ts';
import type { SliceChoice } from './slice-choice.ts';
import { wholeGpuRemarks } from './slice-remarks.ts';

/**
 * Gives a VF to a VM: from a pool, so that PVE picks a free one at each start, or one pinned VF. Where no VF exists the plan
 * only makes them and says in `then` that the rest is planned from what appears. Everything that PVE itself would find out
 * only at the next start is checked here.
 */
export function planAssignVf(ground: GuestGround, request: AssignRequest, guest: Guest): Result<Plan> {
  const usage = checkSlice(request);
  if (!usage.ok) return usage;
  const gpu = gpuForVfs(ground.facts, ground.verdict, request.gpu);
  if (!gpu.ok) return gpu;
  const rom = checkRom(ground, request);
  if (!rom.ok) return rom;
  return gpu.value.vfs.length === 0
    ? makeVfsFirst(ground, request, guest, gpu.value)
    : assignNow(ground, request, guest, gpu.value);
}

function assignNow(ground: GuestGround, request: AssignRequest, guest: Guest, gpu: VfGpu): Result<Plan> {
  const assignments = allAssignments(ground.facts, ground.ledger);
  const slice =
    request.vf === undefined
      ? poolSlice(ground, gpu, guest, assignments, request.pool ?? DEFAULT_POOL)
      : pinnedSlice(ground, gpu, guest, assignments, request.vf);
  if (!slice.ok) return slice;
  const { title, names, has } = slice.value;
  const hook = request.vf === undefined && request.hook !== true ? undefined : hookWish(guest, ground.hook);
  const free = has ? ok(undefined) : freeHostpci(guest);
  if (!free.ok) return free;
  const set: { [key: string]: string } = {};
  if (free.value !== undefined) set[free.value] = entryText(guest, gpu, request, names);
  if (hook?.value !== undefined) set.hookscript = hook.value;
  const steps = [
    ...bindUnbound(ground.facts, gpu, request.vf),
    ...slice.value.steps,
    ...(hook?.steps ?? []),
    ...changeGuest(ground, guest, set, title),
  ];
  const others = slicesOf(guest, assignments, gpu);
  const remarks = [
    ...(has ? [] : secondSlice(guest, others)),
    ...guestRemarks(guest),
    ...slice.value.migration,
    ...wholeGpuRemarks(guest, assignments, gpu.pf.bdf),
    ...slice.value.remarks,
    ...(hook?.remarks ?? []),
    ...(has ? leftAsItIs(guest, request) : request.primary === true ? primaryRemarks(guest) : []),
    ...unreadableOthers(ground),
    // A guest that has a VF of this GPU already has been told.
    ...(others.length > 0 ? [] : guestNotes(guest, gpu.pf.device)).map(
      (text): Remark => ({ level: 'note', id: 'guest.needs', text }),
    ),
  ];
  const idle = [...slice.value.remarks, ...leftAsItIs(guest, request)];
  return ok({ title: `${title} to ${guestName(guest)}`, steps, remarks: steps.length > 0 ? remarks : idle });
}

/** What the guest has of this GPU already. */
function slicesOf(guest: Guest, assignments: readonly Assignment[], { pf, vfs }: VfGpu): readonly Assignment[] {
  const own: readonly string[] = [pf.bdf, ...vfs.map(({ bdf }) => bdf)];
  return assignments.filter(
    (one) => one.guest.vmid === guest.vmid && one.state !== 'leaving' && one.devices.some((bdf) => own.includes(bdf)),
  );
}

/** Assigning twice by mistake is as easy as on purpose. */
function secondSlice(guest: Guest, others: readonly Assignment[]): readonly Remark[] {
  if (others.length === 0) return [];
  const text = `${guestName(guest)} has ${others.map(({ key, value }) => `${key}: ${value}`).join(' and ')} already; this adds another.`;
  return [{ level: 'note', id: 'guest.second-slice', text }];
}

/** An entry that is there already is not rewritten, so what was asked for besides the VF is not done. */
function leftAsItIs(guest: Guest, { primary, romfile }: AssignRequest): readonly Remark[] {
  const asked = [...(primary === true ? ['--primary'] : []), ...(romfile === undefined ? [] : ['--rom'])];
  if (asked.length === 0) return [];
  const text = `${guestName(guest)} keeps the entry that it has, so ${asked.join(' and ')} changes nothing.`;
  const hint = `To change it: pveigpu unassign ${guest.vmid}, then assign again.`;
  return [{ level: 'warning', id: 'guest.options-ignored', text, hint }];
}

function makeVfsFirst(ground: GuestGround, request: AssignRequest, guest: Guest, gpu: VfGpu): Result<Plan> {
  const usual = ground.desiredVfs?.(gpu.pf.bdf);
  const made = planCreateVfs(ground.facts, ground.verdict, { gpu: gpu.pf.bdf, ...(usual === undefined ? {} : { usual }) });
  if (!made.ok) return made;
  // Whatever would refuse the slice afterwards refuses it now, before there is anything to take back.
  const expected = withExpectedVfs(ground.facts, gpu, made.value.desired?.wish?.numVfs ?? 0);
  const next = assignNow({ ...ground, facts: expected.facts }, request, guest, expected.gpu);
  if (!next.ok) return next;
  const ahead = next.value.steps.filter(({ action }) => action === 'setGuestConfig' || action === 'writeFile');
  // An entry that is right but for its IOMMU group is not wrong: the group is not known yet.
  const remarks = [...next.value.remarks.filter(({ id }) => id !== 'pool.corrected'), ...made.value.remarks];
  const name = guestName(guest);
  const then =
    request.vf === undefined
      ? `When the VFs are there, the pool ${request.pool ?? DEFAULT_POOL} gets them with their IOMMU groups, and ${name} its entry.`
      : `When the VFs are there, ${name} gets its own.`;
  return ok({ ...made.value, title: `${made.value.title} for ${name}`, remarks, then, ahead });
}

function checkSlice({ pool, vf }: AssignRequest): Result<void> {
  if (pool !== undefined && vf !== undefined)
    return problem('usage', 'A slice is either from a pool or one pinned VF, not both.', { hint: 'Leave out --pool or --vf.' });
  if (vf !== undefined && (!Number.isInteger(vf) || vf < 1))
    return problem('vf.range', `There is no VF ${vf}; the first is VF 1.`, { hint: 'See pveigpu vf list.' });
  return ok(undefined);
}

function checkRom({ romExists }: GuestGround, { romfile }: AssignRequest): Result<void> {
  if (romfile === undefined || romExists === true) return ok(undefined);
  return problem('guest.config', `There is no /usr/share/kvm/${romfile}; a start with it would fail.`, {
    hint: 'Copy the ROM there first.',
  });
}

function entryText(guest: Guest, gpu: VfGpu, request: AssignRequest, names: SliceChoice['names']): string {
  const isQ35 = /(?:^|[=-])q35/.test(nextConfig(guest).machine ?? '');
  return printHostpci(
    makeHostpci({
      ...names,
      // PVE refuses to start i440fx with pcie=1; a VF works there without.
      ...(isQ35 ? { pcie: '1' } : {}),
      ...(request.primary === true ? { 'x-vga': '1' } : {}),
      ...(request.romfile === undefined ? {} : { romfile: request.romfile }),
      ...(gpu.vfioDriver === 'xe-vfio-pci' ? { driver: 'keep' } : {}),
    }),
  );
}

function unreadableOthers({ facts }: GuestGround): readonly Remark[] {
  return (ifKnown(facts.guests)?.unreadable ?? []).map((unread) => ({
    level: 'warning',
    id: 'guests.unreadable',
    text: `Which VFs other guests use is not fully known: ${unreadName(unread)} cannot be read (${unread.reason}).`,
  }));
}
