// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, GuestKind } from '../facts/guest-facts.ts';
import { selectGpu } from '../gpu/select-gpu.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Plan } from '../plan/action.ts';
import { problem, type Result } from '../problem.ts';
import type { AssignRequest, GuestGround } from './assign-request.ts';
import { guestName } from './guest-keys.ts';
import { planAssignVf } from './plan-assign-vf.ts';

/** Plans one kind of slice for a guest that exists, is on this node, is no template and not locked. */
export type ModePlanner = (ground: GuestGround, request: AssignRequest, guest: Guest) => Result<Plan>;

/** Who plans a slice, by the kind of guest and the mode that is asked for (`auto` when none is). */
const PLANNERS: { readonly [K in GuestKind]: { readonly [M in Mode | 'auto']: ModePlanner } } = {
  qemu: {
    auto: planAssignVf,
    sriov: planAssignVf,
    'gvt-g': onlyVfs,
    'gvt-d': onlyVfs,
    host: onlyVfs,
  },
  lxc: {
    auto: notForContainers,
    sriov: notForContainers,
    'gvt-g': notForContainers,
    'gvt-d': notForContainers,
    host: notForContainers,
  },
};

/** The planner for this guest and request. */
export function plannerFor(guest: Guest, { mode = 'auto' }: AssignRequest): ModePlanner {
  return PLANNERS[guest.kind][mode];
}

function onlyVfs({ verdict }: GuestGround, { mode = 'auto', gpu }: AssignRequest): Result<Plan> {
  const chosen = selectGpu(verdict, { gpu, mode: mode === 'auto' ? 'sriov' : mode });
  if (!chosen.ok) return chosen;
  const { bdf, name } = chosen.value;
  return problem('gpu.cannot', `${bdf} (${name}) can do ${mode}, but this version of pveigpu assigns only VFs.`, {
    hint: 'Leave out --mode, or set it up by hand.',
  });
}

function notForContainers(_ground: GuestGround, _request: AssignRequest, guest: Guest): Result<Plan> {
  return problem('gpu.cannot', `A VF can only be given to a VM, and ${guestName(guest)} is none.`, {
    hint: 'A container shares the render node of the host (dev0: /dev/dri/renderD128); this version does not set that up.',
  });
}
