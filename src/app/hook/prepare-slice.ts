// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HookSlice } from '../../core/hook/hook-slice.ts';
import { reservedBy } from '../engine/device-users.ts';
import { hasGap, openRemoval } from '../engine/open-removal.ts';
import { isUnfinished } from '../engine/unfinished-note.ts';
import { bindVf, hasRightDriver } from './bind-vf.ts';
import { gpuOfHalfRemoved } from './half-removed.ts';
import { gaveUp, type HookContext, type Prepared, READY } from './hook-context.ts';
import { gpuForVf, makeVfs } from './make-vfs.ts';
import { functionsAt, linkName } from './pci-look.ts';
import { finishVfs } from './unfinished-vfs.ts';

/** The VFs of a slice as they are now; what is neither a VF nor missing is somebody else's device and left out. */
export interface SliceState {
  readonly slice: HookSlice;
  readonly missing: readonly string[];
  readonly unbound: readonly string[];
  readonly ready: readonly string[];
  /** GPUs of its VFs whose VFs the kernel is removing: those go too, or wait for the one that is open. */
  readonly removing: readonly string[];
  /** GPUs of its VFs whose other VFs a run of ours made and did not come to bind. */
  readonly unfinished: readonly string[];
}

/** Looks at a slice. Only links are read: they never wait for a device. */
export async function lookAtSlice(context: HookContext, slice: HookSlice): Promise<SliceState> {
  const { host } = context;
  const missing: string[] = [];
  const unbound: string[] = [];
  const ready: string[] = [];
  const gpus = new Set<string>();
  const removing = new Set<string>();
  for (const address of slice.addresses) {
    const functions = await functionsAt(host, address);
    if (functions.length === 0) missing.push(address);
    for (const bdf of functions) {
      const pf = await linkName(host, bdf, 'physfn');
      if (pf === null) {
        const gpu = await gpuOfHalfRemoved(host, bdf);
        if (gpu !== null) removing.add(gpu);
        continue;
      }
      gpus.add(pf);
      ((await hasRightDriver(host, bdf, slice)) ? ready : unbound).push(bdf);
    }
  }
  const unfinished: string[] = [];
  for (const pf of gpus) {
    if (await hasGap(host, pf)) removing.add(pf);
    if (await isUnfinished(context, pf)) unfinished.push(pf);
  }
  return { slice, missing, unbound, ready, removing: [...removing], unfinished };
}

/** Whether the guest of a slice can start. */
export function isPrepared({ missing, unbound }: SliceState): boolean {
  return missing.length === 0 && unbound.length === 0;
}

/** Whether there is nothing to do for a slice, nor for the other VFs that came with it. */
export function isDone(state: SliceState): boolean {
  return isPrepared(state) && state.unfinished.length === 0;
}

/**
 * Refuses a start on VFs that are being removed: the kernel would take the VF from the guest when it gets to it, and PVE
 * could wait for ever where somebody still has one open.
 */
export async function refuseLeaving(context: HookContext, { slice, removing }: SliceState): Promise<Prepared> {
  for (const pf of removing) {
    const removal = await openRemoval(context, pf);
    if (removal !== null) return { kind: 'refused', because: `${slice.key} takes a VF of ${pf}, and ${removal}` };
  }
  return READY;
}

/** Refuses a raw VF that another guest has reserved with PVE. Of a pool PVE takes a free one by itself. */
export async function refuseTaken(context: HookContext, { slice, ready, unbound }: SliceState, vmid: number): Promise<Prepared> {
  if (slice.pool !== undefined) return READY;
  const user = await reservedBy(context, [...ready, ...unbound], vmid);
  if (!user.ok || user.value === null) return READY;
  return { kind: 'refused', because: `${user.value.device} is in use by ${user.value.who}` };
}

/** After so many VFs that could not be bound, no more of a pool are tried: each may take 3 s, and PVE waits for the hook. */
const MOST_FAILURES = 2;

/** Makes what is missing and binds what is not bound. Called with `device.lock` held. */
export async function prepareSlice(context: HookContext, first: SliceState, vmid: number): Promise<Prepared> {
  let state = first;
  let trouble: Prepared = READY;
  const gpus = new Set(first.unfinished);
  for (const vf of first.missing) {
    const pf = await gpuForVf(context.host, vf);
    if (pf === null) {
      trouble = gaveUp(`there is no device ${vf}, and no GPU of this node would have it as a VF`);
      continue;
    }
    const made = await makeVfs(context, pf);
    if (made.kind === 'refused') return made;
    if (made.kind !== 'ready') trouble = made;
    if (made.kind === 'ready' || (await isUnfinished(context, pf))) gpus.add(pf);
    // One write makes all VFs of a GPU; what is missing afterwards is beyond it.
    state = await lookAtSlice(context, first.slice);
    if (state.missing.length === 0) {
      trouble = READY;
      break;
    }
  }
  const failed: string[] = [];
  for (const vf of state.unbound) {
    const bound = await bindVf(context, vf, state.slice, vmid);
    // In a pool one VF that is taken says nothing: PVE goes on to the next.
    if (bound.kind !== 'ready' && !(bound.kind === 'refused' && state.slice.pool !== undefined)) trouble = bound;
    if (bound.kind === 'refused' && state.slice.pool === undefined) return bound;
    if (bound.kind === 'gave-up') failed.push(vf);
    if (failed.length === MOST_FAILURES) break;
  }
  for (const pf of gpus) await finishVfs(context, pf, failed, { keepsDriver: state.slice.keepsDriver, vmid });
  return trouble;
}
