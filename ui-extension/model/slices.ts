// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignmentRow } from '../../src/core/assign/assignments-view.ts';
import type { MdevRow } from '../../src/core/mdev/mdev-list-view.ts';
import type { MdevTypeRow, MdevTypesView } from '../../src/core/mdev/mdev-types-view.ts';
import type { GpuStatus, StatusView } from '../../src/core/status/status-view.ts';
import type { FunctionRow } from '../../src/core/vf/vf-list-view.ts';
import type { SliceCell, SliceGpu, SliceMap, SliceState } from './slice-map.ts';
import type { Say } from './texts/say.ts';

const LEGEND: readonly SliceState[] = ['free', 'assigned', 'running', 'host', 'leaving', 'foreign'];

/** What the map is made of besides the status. */
export interface MdevsOfNode {
  readonly mdevs: readonly MdevRow[];
  /** What fits besides those that exist. */
  readonly types: MdevTypesView['gpus'];
}

/** All slices of a node, from its status and its mediated devices. */
export function sliceMapOf(status: Pick<StatusView, 'gpus' | 'assignments'>, { mdevs, types }: MdevsOfNode, say: Say): SliceMap {
  const gpus = status.gpus.map((gpu) => {
    const offered = types.find(({ bdf }) => bdf === gpu.bdf)?.types ?? [];
    return sliceGpu(gpu, status.assignments, mdevs, offered, say);
  });
  const shown = new Set(gpus.flatMap(({ cells }) => cells.map(({ state }) => state)));
  return {
    gpus,
    empty: say('slices.empty'),
    label: say('slices.label'),
    hint: say('slices.choose'),
    legend: LEGEND.filter((state) => shown.has(state)).map((state) => ({ state, text: say(`slice.${state}`) })),
  };
}

function sliceGpu(
  gpu: GpuStatus,
  assignments: readonly AssignmentRow[],
  mdevs: readonly MdevRow[],
  types: readonly MdevTypeRow[],
  say: Say,
): SliceGpu {
  const ours = mdevs.filter((one) => one.gpu === gpu.bdf);
  const shares = assignments.filter(({ form, devices }) => form === 'render' && devices.includes(gpu.bdf));
  const cells = [
    ...gpu.functions.map((one) => functionCell(one, gpu, assignments, say)),
    ...ours.map((one, at) => mdevCell(one, at + 1, say)),
    ...freeMdevs(gpu, ours.length, types, say),
    ...shares.map((one) => shareCell(one, say)),
  ];
  const dividable = cells.filter(({ kind }) => kind === 'vf' || kind === 'mdev');
  const free = dividable.filter(({ state }) => state === 'free').length;
  const words = { mode: say(`mode.${gpu.mode}`), driver: gpu.driver ?? say('slices.no-driver') };
  return {
    bdf: gpu.bdf,
    title: `${gpu.name} (${gpu.bdf})`,
    subtitle:
      dividable.length === 0
        ? say('slices.summary.undivided', words)
        : say('slices.summary', { ...words, free, total: dividable.length }),
    cells,
    notes: poolNotes(gpu, assignments, say),
  };
}

/** A function is `assigned` only when a guest names it by its address; what a pool gives is known when the guest runs. */
function functionCell(one: FunctionRow, gpu: GpuStatus, assignments: readonly AssignmentRow[], say: Say): SliceCell {
  const named = assignments.filter(({ form, devices }) => isByAddress(form) && devices.includes(one.bdf));
  const state = functionState(one, gpu, named.length > 0);
  const owners = one.holders.length > 0 ? one.holders : named.map(guestOf);
  return {
    id: one.bdf,
    kind: one.vf === null ? 'gpu' : 'vf',
    title: one.vf === null ? say('slices.gpu') : say('slices.vf', { number: one.vf }),
    state,
    stateText: say(`slice.${state}`),
    owner: owners.length === 0 ? null : owners.join(', '),
    vmids: vmidsIn(owners),
    details: [
      detail(say('field.address'), one.bdf),
      detail(say('field.driver'), one.driver),
      detail(say('field.override'), one.override),
      detail(say('field.iommu'), one.iommuGroup === null ? null : String(one.iommuGroup)),
      detail(say('field.holders'), one.holders.join(', ')),
      detail(say('field.pinned'), one.pinnedTo.join(', ')),
      detail(say('field.pool'), one.pools.join(', ')),
    ].flat(),
  };
}

function functionState(one: FunctionRow, gpu: GpuStatus, isNamed: boolean): SliceState {
  if (one.leaving === true) return 'leaving';
  const isGuests = vmidsIn(one.holders).length > 0;
  if (one.vf === null && !isGuests && gpu.mode !== 'gvt-d') return one.driver === null ? 'free' : 'host';
  if (one.holders.length > 0) return isGuests ? 'running' : 'foreign';
  return isNamed || one.pinnedTo.length > 0 ? 'assigned' : 'free';
}

function isByAddress(form: AssignmentRow['form']): boolean {
  return form === 'raw' || form === 'pf' || form === 'args';
}

const MDEV_STATES: { readonly [S in MdevRow['state']]: SliceState } = {
  used: 'running',
  kept: 'assigned',
  leftover: 'free',
  foreign: 'foreign',
  leaving: 'leaving',
  unclear: 'foreign',
};

function mdevCell(one: MdevRow, number: number, say: Say): SliceCell {
  const state = MDEV_STATES[one.state];
  const owners = one.users.length > 0 ? one.users : one.vmid === null ? [] : [`VM ${one.vmid}`];
  return {
    id: one.uuid,
    kind: 'mdev',
    title: say('slices.mdev', { number }),
    state,
    stateText: say(`slice.${state}`),
    owner: owners.length === 0 ? null : owners.join(', '),
    vmids: one.vmid === null ? vmidsIn(owners) : [one.vmid],
    details: [detail(say('field.type'), one.type), detail('UUID', one.uuid), detail(say('field.reason'), one.because)].flat(),
  };
}

/** A box for each device of the usual type that still fits; other types share the same room. */
function freeMdevs({ bdf }: GpuStatus, existing: number, types: readonly MdevTypeRow[], say: Say): readonly SliceCell[] {
  const usual = types.find((type) => type.usual) ?? types.find(({ free }) => free > 0);
  if (usual === undefined) return [];
  return Array.from({ length: usual.free }, (_none, at) => ({
    id: `${bdf} ${usual.id} ${at}`,
    kind: 'mdev',
    title: say('slices.mdev', { number: existing + at + 1 }),
    state: 'free',
    stateText: say('slice.free'),
    owner: null,
    vmids: [],
    details: [
      detail(say('field.type'), usual.id),
      detail(say('field.resolution'), usual.resolution),
      detail(say('slices.also'), otherTypes(types, usual)),
    ].flat(),
  }));
}

function otherTypes(types: readonly MdevTypeRow[], usual: MdevTypeRow): string {
  const others = types.filter((type) => type !== usual && type.free > 0);
  return others.map(({ id, free }) => `${free} × ${id}`).join(', ');
}

function shareCell(one: AssignmentRow, say: Say): SliceCell {
  const state = one.running === true ? 'running' : 'assigned';
  return {
    id: `${one.kind} ${one.vmid} ${one.key}`,
    kind: 'container',
    title: guestOf(one),
    state,
    stateText: say(`slice.${state}`),
    owner: say('form.render'),
    vmids: [one.vmid],
    details: [detail(say('field.key'), one.key), detail(say('field.value'), one.value)].flat(),
  };
}

/** Who takes a free VF of a pool when it starts, since no box on the map is his yet. */
function poolNotes(gpu: GpuStatus, assignments: readonly AssignmentRow[], say: Say): readonly string[] {
  const own = new Set(gpu.functions.map(({ bdf }) => bdf));
  const waiting = assignments.filter(
    ({ form, holds, devices, state }) =>
      form === 'pool' && holds.length === 0 && state !== 'leaving' && devices.some((one) => own.has(one)),
  );
  const pools = [...new Set(waiting.map(({ pool }) => pool ?? ''))];
  return pools.map((pool) => {
    const guests = waiting.filter((one) => (one.pool ?? '') === pool).map(guestOf);
    return say('slices.pool-note', { guests: [...new Set(guests)].join(', '), pool });
  });
}

/** A guest as the node calls it in its own values. */
export function guestOf({ kind, vmid }: Pick<AssignmentRow, 'kind' | 'vmid'>): string {
  return kind === 'lxc' ? `container ${vmid}` : `VM ${vmid}`;
}

function vmidsIn(names: readonly string[]): readonly number[] {
  return names.flatMap((name) => {
    const vmid = /^(?:VM|container) (\d+)$/.exec(name)?.[1];
    return vmid === undefined ? [] : [Number(vmid)];
  });
}

function detail(name: string, text: string | null): readonly { readonly name: string; readonly text: string }[] {
  return text === null || text === '' ? [] : [{ name, text }];
}
