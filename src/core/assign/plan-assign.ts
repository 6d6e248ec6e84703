// SPDX-License-Identifier: AGPL-3.0-or-later
import { checkRomName } from '../acpi/served-rom.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { isConfigId } from '../guest/property-string.ts';
import { nvidiaCard, planAssignOptimus } from '../optimus/plan-assign-optimus.ts';
import type { Plan } from '../plan/action.ts';
import { requireKnown, writablePve } from '../pool/pve-writable.ts';
import { problem, type Result } from '../problem.ts';
import type { AssignRequest, GuestGround } from './assign-request.ts';
import { findGuest, unlockedGuest } from './find-guest.ts';
import { guestName, isOn, nextConfig } from './guest-keys.ts';
import { plannerFor } from './mode-planners.ts';

/** Gives a guest a slice of a GPU: checks what holds for every kind of slice, then leaves it to the planner of the mode. */
export function planAssignment(ground: GuestGround, request: AssignRequest): Result<Plan> {
  const isNvidia = nvidiaCard(ground.facts, request) !== undefined;
  const usage = checkNames(request, isNvidia);
  if (!usage.ok) return usage;
  const pve = writablePve(ground.facts);
  if (!pve.ok) return pve;
  const sensed = requireKnown(ground.facts, ['pci', 'pools', 'guests']);
  if (!sensed.ok) return sensed;
  const guest = assignableGuest(ground, request);
  if (!guest.ok) return guest;
  if (guest.value.kind === 'qemu' && (request.share?.gid !== undefined || request.share?.card === true))
    return problem('usage', `--gid and --card are for containers, and ${guestName(guest.value)} is none.`, {
      hint: 'Leave them out.',
    });
  if (request.optimus !== undefined && !isNvidia)
    return problem('usage', '--battery and --subsystem go with a card of NVIDIA.', {
      hint: 'Name it with --gpu BDF, or leave them out.',
    });
  const planner = isNvidia ? planAssignOptimus : plannerFor(guest.value, request);
  return planner(ground, request, guest.value);
}

function checkNames({ pool, romfile, mode, whole }: AssignRequest, isNvidia: boolean): Result<void> {
  if (whole !== undefined && mode !== 'gvt-d' && !isNvidia)
    return problem('usage', 'Machine, firmware, display, sound, address width, hand-over and conversion go with the whole GPU.', {
      hint: 'Add --mode gvt-d, or leave them out.',
    });
  if (pool !== undefined && !isConfigId(pool))
    return problem('usage', `"${pool}" is no name for a pool.`, { hint: 'Use a letter, then letters, digits, - and _.' });
  return checkRomName(romfile);
}

function assignableGuest({ facts }: GuestGround, { vmid }: AssignRequest): Result<Guest> {
  const guest = findGuest(facts, vmid);
  if (!guest.ok) return guest;
  if (isOn(nextConfig(guest.value).template))
    return problem('guest.template', `${guestName(guest.value)} is a template, which never starts.`, {
      hint: 'Assign the slice to its clones.',
    });
  return unlockedGuest(guest.value);
}
