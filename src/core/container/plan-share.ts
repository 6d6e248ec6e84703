// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../assign/assign-request.ts';
import { allAssignments } from '../assign/assignments.ts';
import { changeGuest } from '../assign/guest-change.ts';
import { guestName, nextConfig } from '../assign/guest-keys.ts';
import { rejectedLines } from '../assign/guest-remarks.ts';
import type { DrmFacts } from '../facts/drm-facts.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { unknown } from '../facts/section.ts';
import type { Plan } from '../plan/action.ts';
import { requireKnown } from '../pool/pve-writable.ts';
import { ok, problem, type Result } from '../problem.ts';
import { type ChosenGroup, chooseGroup } from './choose-group.ts';
import { convertLines } from './convert-lines.ts';
import { changeDevices, type DevKey, devKeys, isStale, isSwapped, type WantedNode } from './dev-keys.ts';
import { handLines } from './hand-lines.ts';
import { isCard } from './node-state.ts';
import { shareRemarks } from './share-remarks.ts';
import { type SharedGpu, sharedGpu } from './shared-gpu.ts';

/**
 * Shares the render node of a GPU with a container, as `devN` of its configuration: for the group that owns such nodes inside,
 * and for the card node only when asked. The same plan mends what has gone stale. VFs are for VMs; both work side by side.
 */
export function planShare(ground: GuestGround, request: AssignRequest, guest: Guest): Result<Plan> {
  const usage = onlyForContainers(request);
  if (!usage.ok) return usage;
  const { facts, verdict } = ground;
  const sensed = requireKnown(facts, ['drm']);
  if (!sensed.ok) return sensed;
  if (facts.drm.state !== 'known' || facts.pci.state !== 'known') throw new Error('requireKnown lets unknown sections pass');
  const drm = facts.drm.value;
  const pci = facts.pci.value;
  const present = devKeys(guest, drm, pci, ground.ledger);
  const had = present.flatMap(({ state, meant }) => meant ?? (state.kind === 'gpu' ? [state.node.pci] : []));
  // Whoever mends need not say again for which of several GPUs.
  const gpu = sharedGpu({ facts, verdict, pci, drm }, request.gpu ?? present.find(isSwapped)?.meant, had);
  if (!gpu.ok) return gpu;
  const wanted = wantedNodes(ground, request, guest, gpu.value, present);
  if (!wanted.ok) return wanted;
  const change = changeDevices(guest, present, wanted.value.nodes, drm);
  if (!change.ok) return change;
  const converted = convertLines(guest, handLines(guest), request.share?.convert === true, ground.containerFile);
  if (!converted.ok) return converted;
  const { set, remove } = change.value;
  const title = `share the render node of ${gpu.value.pf.bdf}`;
  const digest = converted.value.digest ?? ground.digest;
  const steps = [...converted.value.steps, ...changeGuest({ digest }, guest, set, title, remove, nodesOf(set, drm))];
  const remarks = [
    ...rejectedLines(guest, true),
    ...wanted.value.remarks,
    ...converted.value.remarks,
    ...shareRemarks({ guest, gpu: gpu.value, change: change.value, assignments: allAssignments(facts, ground.ledger) }),
  ];
  return ok({ title: `${title} with ${guestName(guest)}`, steps, remarks: steps.length > 0 ? remarks : [] });
}

/** The GPU of the node that each value names. */
function nodesOf(set: { readonly [key: string]: string }, drm: DrmFacts): { readonly [key: string]: string } {
  const named = Object.entries(set).map(([key, value]) => [key, drm.nodes.find(({ path }) => path === value.split(',')[0])?.pci]);
  return Object.fromEntries(named.filter(([, pci]) => typeof pci === 'string'));
}

function wantedNodes(
  ground: GuestGround,
  { share = {} }: AssignRequest,
  guest: Guest,
  { render, card, pf }: SharedGpu,
  present: readonly DevKey[],
): Result<{ readonly nodes: readonly WantedNode[]; readonly remarks: ChosenGroup['remarks'] }> {
  const groups = ground.groups ?? unknown('nobody looked inside');
  const group = chooseGroup(guest, 'render', share.gid, groups, keptGid(present, false));
  if (!group.ok) return group;
  const nodes: WantedNode[] = [{ node: render, gid: group.value.gid }];
  // A card that vanished keeps the container from starting as well.
  const wantsCard = share.card === true || present.some((one) => isStale(one) && isCard(one.entry.path));
  if (!wantsCard) return ok({ nodes, remarks: group.value.remarks });
  if (card === undefined)
    return problem('gpu.cannot', `${pf.bdf} has no card node.`, {
      hint: 'Leave out --card: a render node is enough to compute.',
    });
  const video = chooseGroup(guest, 'video', undefined, groups, keptGid(present, true));
  if (!video.ok) return video;
  return ok({
    nodes: [...nodes, { node: card, gid: video.value.gid }],
    remarks: [...group.value.remarks, ...video.value.remarks],
  });
}

/** Whether a plan for this container needs a group's id that neither the request nor one of its entries says. */
export function needsGroups({ share = {} }: AssignRequest, guest: Guest): boolean {
  const entries = Object.entries(nextConfig(guest)).filter(([key]) => /^dev\d+$/.test(key));
  const has = (node: RegExp) => entries.some(([, value]) => node.test(value) && /(?:^|,)gid=[1-9]/.test(value));
  return (share.gid === undefined && !has(/\/renderD/)) || (share.card === true && !has(/\/card/));
}

/** The group that an entry gives such a node to; nobody's is root's, which PVE takes where none is named. */
function keptGid(present: readonly DevKey[], card: boolean): number | undefined {
  return present.find(({ entry }) => isCard(entry.path) === card && entry.gid !== 0)?.entry.gid;
}

function onlyForContainers({ mode = 'auto', pool, vf, romfile, primary, hook }: AssignRequest): Result<void> {
  if (mode !== 'auto' && mode !== 'host')
    return problem('gpu.cannot', `A container shares the GPU with the host; ${mode} gives slices to VMs only.`, {
      hint: 'Leave out --mode. VFs for VMs and the shared GPU for containers work side by side.',
    });
  const asked = [
    ...(pool === undefined ? [] : ['--pool']),
    ...(vf === undefined ? [] : ['--vf']),
    ...(romfile === undefined ? [] : ['--rom']),
    ...(primary === true ? ['--primary'] : []),
    ...(hook === true ? ['--hook'] : []),
  ];
  if (asked.length === 0) return ok(undefined);
  return problem(
    'usage',
    `${asked.join(' and ')} ${asked.length > 1 ? 'are' : 'is'} for VMs; a container shares the GPU with the host.`,
    {
      hint: 'For a container there are --gid, --card and --gpu.',
    },
  );
}
