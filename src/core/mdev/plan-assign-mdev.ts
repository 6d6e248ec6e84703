// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../assign/assign-request.ts';
import { type Assignment, allAssignments, groundOf } from '../assign/assignments.ts';
import { changeGuest, freeHostpci } from '../assign/guest-change.ts';
import { guestName } from '../assign/guest-keys.ts';
import { guestRemarks } from '../assign/guest-remarks.ts';
import { noLiveMigration } from '../assign/migration-remarks.ts';
import { DEFAULT_MDEV_POOL } from '../assign/ours.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { makeHostpci, printHostpci } from '../guest/hostpci.ts';
import type { Plan, Remark } from '../plan/action.ts';
import { poolNamed } from '../pool/pool-steps.ts';
import { unreadName } from '../pool/pool-users.ts';
import { ok, problem, type Result } from '../problem.ts';
import { chooseType } from './choose-type.ts';
import { mdevDisplay } from './mdev-display.ts';
import { mdevEntries, mdevTypeOf } from './mdev-entries.ts';
import { gpuForMdev, type MdevGpu } from './mdev-gpu.ts';
import { mdevPoolStep } from './mdev-pool.ts';
import { mdevGuestRemarks, roomRemarks, wholeGpuTaken } from './mdev-remarks.ts';

/**
 * Gives a mediated device (GVT-g) to a VM through a mapping with the flag `mdev`: PVE makes the device at each start, with the UUID of
 * its own, and takes it away at each stop. Neither q35 nor `pcie=1` is needed, and no hook.
 */
export function planAssignMdev(ground: GuestGround, request: AssignRequest, guest: Guest): Result<Plan> {
  const usage = checkSlice(ground, request);
  if (!usage.ok) return usage;
  const mdev = gpuForMdev(ground.facts, ground.verdict, request.gpu);
  if (!mdev.ok) return mdev;
  const assignments = allAssignments(ground.facts, ground.ledger);
  const [own] = mdevEntries(assignments, mdev.value).filter((one) => one.guest.vmid === guest.vmid);
  return own === undefined ? assignNow(ground, request, guest, mdev.value, assignments) : hasOne(request, guest, own);
}

function assignNow(
  ground: GuestGround,
  request: AssignRequest,
  guest: Guest,
  mdev: MdevGpu,
  assignments: readonly Assignment[],
): Result<Plan> {
  const type = chooseType(mdev, request.mdev?.type);
  if (!type.ok) return type;
  const { pci, node } = groundOf(ground.facts);
  const id = request.pool ?? DEFAULT_MDEV_POOL;
  const pool = mdevPoolStep(poolNamed(ground.facts, id), id, mdev.gpu, pci, node);
  if (!pool.ok) return pool;
  const key = freeHostpci(guest);
  if (!key.ok) return key;
  const qemu = ifKnown(ground.facts.pve)?.qemuVersion;
  const shown = mdevDisplay(guest, {
    key: key.value,
    type: type.value,
    display: request.mdev?.display ?? { kind: 'off' },
    hasRom: request.romfile !== undefined,
    ...(qemu?.state === 'known' ? { qemuVersion: qemu.value } : {}),
  });
  if (!shown.ok) return shown;
  const { romfile } = request;
  const entry = makeHostpci({ mapping: id, mdev: type.value.id, ...(romfile === undefined ? {} : { romfile }) });
  const { args } = shown.value;
  const title = `assign ${type.value.id} of ${mdev.gpu.bdf}`;
  const set = { ...(args === undefined ? {} : { args }), [key.value]: printHostpci(entry) };
  const judged = ground.verdict.gpus.find(({ bdf }) => bdf === mdev.gpu.bdf)?.modes.find(({ mode }) => mode === 'gvt-g');
  return ok({
    title: `${title} to ${guestName(guest)}`,
    steps: [...pool.value, ...changeGuest(ground, guest, set, title)],
    remarks: [
      ...guestRemarks(guest),
      noLiveMigration(guest, undefined, 'a mediated device'),
      ...wholeGpuTaken(guest, mdev, assignments),
      ...roomRemarks(guest, mdev, type.value, assignments),
      ...shown.value.remarks,
      ...mdevGuestRemarks(guest, judged?.reasons ?? []),
      ...(request.hook === true ? [HOOK_NOT_NEEDED] : []),
      ...unreadableOthers(ground),
    ],
  });
}

const HOOK_NOT_NEEDED: Remark = {
  level: 'note',
  id: 'hook.not-needed',
  text: 'PVE makes a mediated device at each start and takes it away at each stop by itself, so no hookscript is set.',
};

/** GVT-g gives a guest no more with a second device; an entry that is there is not rewritten. */
function hasOne({ mdev, romfile }: AssignRequest, guest: Guest, own: Assignment): Result<Plan> {
  const has = mdevTypeOf(own.value) ?? '';
  const wanted = mdev?.type;
  if (wanted !== undefined && wanted !== has && !has.endsWith(`-GVTg_${wanted}`))
    return problem('guest.slice-taken', `${guestName(guest)} has ${own.key}: ${own.value} already.`, {
      hint: `Take it first, then assign the other type: pveigpu unassign ${guest.vmid}`,
    });
  const asked = [...(mdev?.display === undefined ? [] : ['--display']), ...(romfile === undefined ? [] : ['--rom'])];
  const remarks: Remark[] = [
    { level: 'note', id: 'guest.already-assigned', text: `${guestName(guest)} has ${own.key}: ${own.value} already.` },
  ];
  if (asked.length > 0)
    remarks.push({
      level: 'warning',
      id: 'guest.options-ignored',
      text: `${guestName(guest)} keeps the entry that it has, so ${asked.join(' and ')} changes nothing.`,
      hint: `To change it: pveigpu unassign ${guest.vmid}, then assign again.`,
    });
  return ok({ title: `assign a mediated device to ${guestName(guest)}`, steps: [], remarks });
}

function checkSlice({ romExists }: GuestGround, { vf, primary, romfile }: AssignRequest): Result<void> {
  if (vf !== undefined)
    return problem('usage', 'A slice is either a VF or a mediated device, not both.', {
      hint: 'Leave out --vf or --mode gvt-g.',
    });
  if (primary === true)
    // QEMU: "device does not support requested feature x-vga" (hw/vfio/pci.c, vfio_populate_vga).
    return problem('usage', 'A mediated device has no VGA part, so QEMU refuses it as primary display (x-vga).', {
      hint: 'Use --display ramfb for a picture from the first moment.',
    });
  if (romfile !== undefined && romExists !== true)
    return problem('guest.config', `There is no /usr/share/kvm/${romfile}; a start with it would fail.`, {
      hint: 'Copy the ROM there first.',
    });
  return ok(undefined);
}

function unreadableOthers({ facts }: GuestGround): readonly Remark[] {
  return (ifKnown(facts.guests)?.unreadable ?? []).map((unread) => ({
    level: 'warning',
    id: 'guests.unreadable',
    text: `Which mediated devices other guests want is not fully known: ${unreadName(unread)} cannot be read (${unread.reason}).`,
  }));
}
