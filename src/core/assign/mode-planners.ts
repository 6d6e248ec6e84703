// SPDX-License-Identifier: AGPL-3.0-or-later

import { planShare } from '../container/plan-share.ts';
import type { Guest, GuestKind } from '../facts/guest-facts.ts';
import { selectGpu } from '../gpu/select-gpu.ts';
import type { Mode } from '../gpu/verdict.ts';
import { gpuForMdev } from '../mdev/mdev-gpu.ts';
import { planAssignMdev } from '../mdev/plan-assign-mdev.ts';
import type { Plan } from '../plan/action.ts';
import { poolNamed } from '../pool/pool-steps.ts';
import { problem, type Result } from '../problem.ts';
import { planAssignWholeGpu } from '../whole-gpu/plan-assign-whole-gpu.ts';
import type { AssignRequest, GuestGround } from './assign-request.ts';
import { guestName } from './guest-keys.ts';
import { planAssignVf } from './plan-assign-vf.ts';

/** Plans one kind of slice for a guest that exists, is on this node, is no template and not locked. */
export type ModePlanner = (ground: GuestGround, request: AssignRequest, guest: Guest) => Result<Plan>;

/** Who plans a slice, by the kind of guest and the mode that is asked for (`auto` when none is). */
const PLANNERS: { readonly [K in GuestKind]: { readonly [M in Mode | 'auto']: ModePlanner } } = {
  qemu: {
    auto: planUsual,
    sriov: planAssignVf,
    'gvt-g': planAssignMdev,
    'gvt-d': planAssignWholeGpu,
    host: notForVms,
  },
  lxc: {
    auto: planShare,
    sriov: planShare,
    'gvt-g': planShare,
    'gvt-d': planShare,
    host: planShare,
  },
};

/** A VF, or a mediated device where no GPU can have VFs and one offers mediated devices now. */
function planUsual(ground: GuestGround, request: AssignRequest, guest: Guest): Result<Plan> {
  const { gpu, vf, pool } = request;
  const isForMdevs = vf === undefined && (pool === undefined || poolNamed(ground.facts, pool)?.mdev === true);
  const hasOnlyMdevs =
    isForMdevs && !selectGpu(ground.verdict, { gpu, mode: 'sriov' }).ok && gpuForMdev(ground.facts, ground.verdict, gpu).ok;
  return (hasOnlyMdevs ? planAssignMdev : planAssignVf)(ground, request, guest);
}

/** The planner for this guest and request. */
export function plannerFor(guest: Guest, { mode = 'auto' }: AssignRequest): ModePlanner {
  return PLANNERS[guest.kind][mode];
}

/** In the mode `host` nothing of the GPU is given away: containers share it with the host, and a VM cannot. */
function notForVms(_ground: GuestGround, _request: AssignRequest, guest: Guest): Result<Plan> {
  return problem('gpu.cannot', `${guestName(guest)} cannot share the GPU with the host; only containers can.`, {
    hint: 'A VM gets a VF (sriov), a mediated device (gvt-g) or the whole GPU (gvt-d).',
  });
}
