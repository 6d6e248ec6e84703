// SPDX-License-Identifier: AGPL-3.0-or-later

import { parsePoolConfig } from '../core/guest/pool-config.ts';
import { isHookPhase } from '../core/hook/hook-phase.ts';
import { type HookSlice, hasPassthrough, hookSlices, namesPool } from '../core/hook/hook-slice.ts';
import { readGuestKeys } from '../core/plan/guest-keys.ts';
import type { Result } from '../core/problem.ts';
import type { HeldLock, Host } from '../ports/host.ts';
import { DEVICE_LOCK } from './engine/state-paths.ts';
import { checkTables, hasTables } from './hook/check-tables.ts';
import { giveBack } from './hook/give-back.ts';
import { guardWholeGpu, soundFunctions, wholeGpus } from './hook/guard-whole-gpu.ts';
import { handoversTo } from './hook/handover-record.ts';
import { type HookContext, type Prepared, READY } from './hook/hook-context.ts';
import { clearLateOverrides } from './hook/late-override.ts';
import { linkName } from './hook/pci-look.ts';
import {
  isDone,
  isPrepared,
  lookAtSlice,
  prepareSlice,
  refuseLeaving,
  refuseTaken,
  type SliceState,
} from './hook/prepare-slice.ts';
import { takeFromHost } from './hook/take-from-host.ts';

/** How long another hook may hold the device lock. */
const LOCK_WAIT_MS = 20_000;

export interface HookCall {
  readonly vmid: number;
  readonly phase: string;
  /** True when the caller holds `device.lock` already, as the perl shim does. */
  readonly lockHeld: boolean;
  /** How long to wait for the lock when it is not held; the shim that has waited in vain gives 0. */
  readonly lockWaitMs?: number;
  /** Called when the guest takes a whole GPU: from then on a caller that gives up must refuse the start. */
  readonly onWholeGpu?: () => void;
}

/**
 * One phase of one guest: makes and binds the VFs that its configuration names. Idempotent; writes nothing when all is
 * ready. The answer is the exit code for PVE: 1 only where going on would take something from another guest, or where a
 * guest that gets the whole GPU cannot be looked after. All else is a line in the log and 0.
 */
export async function runHook(context: HookContext, call: HookCall): Promise<0 | 1> {
  if (!isHookPhase(call.phase)) return 0;
  if (call.phase === 'post-stop') return await afterStop(context, call);
  const { host, log } = context;
  const config = await host.read(`/etc/pve/qemu-server/${call.vmid}.conf`);
  if (config.kind === 'unreadable') log.warn(`The configuration of VM ${call.vmid} cannot be read: ${config.errno}.`);
  if (config.kind !== 'content') return 0;
  const keys = readGuestKeys(config.value, 'qemu').current;
  const tables = hasTables(keys) ? await checkTables(context, keys, call.vmid) : undefined;
  if (tables?.kind === 'refused') return refuse(context, call.vmid, tables.because);
  if (!hasPassthrough(keys)) return 0;
  const slices = await slicesOf(host, keys);
  const guarded = await guardAll(context, slices, call);
  if (guarded.kind === 'refused') return refuse(context, call.vmid, guarded.because);
  await clearLateOverrides(context, call);
  const states = await lookAtAll(context, slices);
  for (const state of states) {
    const leaving = await refuseLeaving(context, state);
    if (leaving.kind === 'refused') return refuse(context, call.vmid, leaving.because);
    const taken = await refuseTaken(context, state, call.vmid);
    if (taken.kind === 'refused') return refuse(context, call.vmid, taken.because);
  }
  if (!states.every(isDone)) return await prepareAll(context, slices, states, call);
  await sayReady(context, states, call.vmid);
  return 0;
}

/** PVE has cleaned up after the guest by now; nothing here can fail a stop. */
async function afterStop(context: HookContext, call: HookCall): Promise<0> {
  if ((await handoversTo(context.host, call.vmid)).length === 0) {
    await clearLateOverrides(context, call);
    return 0;
  }
  const lock = call.lockHeld ? undefined : await takeLock(context, call);
  if (lock?.ok === false) {
    context.log.warn(`The GPU of VM ${call.vmid} is not given back to the host: ${lock.problem.message}`);
    return 0;
  }
  try {
    await giveBack(context, call.vmid);
    return 0;
  } finally {
    await lock?.value.release();
  }
}

/** Whole GPUs are looked at with the lock held, so that nobody makes VFs in that moment; without it the start is refused. */
async function guardAll(context: HookContext, slices: readonly HookSlice[], call: HookCall): Promise<Prepared> {
  const whole: (readonly [HookSlice, string])[] = [];
  for (const slice of slices) for (const pf of await wholeGpus(context, slice)) whole.push([slice, pf]);
  if (whole.length === 0) return READY;
  call.onWholeGpu?.();
  const lock = call.lockHeld ? undefined : await takeLock(context, call);
  if (lock?.ok === false) return { kind: 'refused', because: lock.problem.message };
  try {
    for (const [slice, pf] of whole) {
      const guarded = await guardWholeGpu(context, slice, pf, call.vmid);
      if (guarded.kind !== 'ready') return guarded;
      const taken = await takeFromHost(context, pf, call.vmid, await soundFunctions(context, slices));
      if (taken.kind !== 'ready') return taken;
    }
    return READY;
  } finally {
    await lock?.value.release();
  }
}

async function takeLock({ host }: HookContext, { lockWaitMs }: HookCall): Promise<Result<HeldLock>> {
  return await host.lock(DEVICE_LOCK, { timeoutMs: lockWaitMs ?? LOCK_WAIT_MS });
}

async function prepareAll(
  context: HookContext,
  slices: readonly HookSlice[],
  before: readonly SliceState[],
  call: HookCall,
): Promise<0 | 1> {
  const lock = call.lockHeld ? undefined : await takeLock(context, call);
  if (lock?.ok === false) {
    if (before.every(isPrepared)) await sayReady(context, before, call.vmid);
    else context.log.warn(`The VF of VM ${call.vmid} was not prepared: ${lock.problem.message}`);
    return 0;
  }
  try {
    // Looked at afresh: while the lock was awaited, another guest's hook may have made all VFs.
    for (const state of await lookAtAll(context, slices)) {
      const leaving = await refuseLeaving(context, state);
      if (leaving.kind === 'refused') return refuse(context, call.vmid, leaving.because);
      if (isDone(state)) continue;
      const prepared: Prepared = await prepareSlice(context, state, call.vmid);
      if (prepared.kind === 'refused') return refuse(context, call.vmid, prepared.because);
      if (prepared.kind === 'gave-up') context.log.warn(`${state.slice.key} of VM ${call.vmid}: ${prepared.because}.`);
    }
    await sayReady(context, await lookAtAll(context, slices), call.vmid);
    return 0;
  } finally {
    await lock?.value.release();
  }
}

async function slicesOf(host: Host, keys: { readonly [key: string]: string }): Promise<readonly HookSlice[]> {
  if (!namesPool(keys)) return hookSlices(keys, [], '');
  const [file, local] = [await host.read('/etc/pve/mapping/pci.cfg'), await host.readLink('/etc/pve/local')];
  const node = local.kind === 'content' ? local.value.slice(local.value.lastIndexOf('/') + 1) : '';
  return hookSlices(keys, file.kind === 'content' ? parsePoolConfig(file.value) : [], node);
}

async function lookAtAll(context: HookContext, slices: readonly HookSlice[]): Promise<readonly SliceState[]> {
  const states: SliceState[] = [];
  for (const slice of slices) states.push(await lookAtSlice(context, slice));
  return states;
}

async function sayReady({ host, log }: HookContext, states: readonly SliceState[], vmid: number): Promise<void> {
  for (const { slice, ready } of states) {
    if (ready.length === 0) continue;
    for (const [address, stated] of Object.entries(slice.statedGroups)) {
      const group = await linkName(host, address, 'iommu_group');
      if (group === null || group === String(stated)) continue;
      log.warn(
        `The pool ${slice.pool} says IOMMU group ${stated} of ${address}, which is in group ${group} now. Run: pveigpu pool sync`,
      );
    }
    const what = slice.pool === undefined ? ready.join(', ') : `the pool ${slice.pool}, ${ready.length} VFs`;
    log.info(`VM ${vmid}: ready for ${slice.key}: ${what}.`);
  }
}

function refuse({ log }: HookContext, vmid: number, because: string): 1 {
  log.warn(`VM ${vmid} is not started: ${because}${because.endsWith('.') ? '' : '.'}`);
  return 1;
}
