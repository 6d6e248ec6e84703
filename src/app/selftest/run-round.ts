// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../../core/facts/host-facts.ts';
import type { Bdf } from '../../core/pci/address.ts';
import type { Result } from '../../core/problem.ts';
import { isLogTrouble, newLogLines } from '../../core/selftest/log-trouble.ts';
import { CHECKED_SECTIONS, type Checked, checkReturned, checkRunning, heldVf } from '../../core/selftest/round-checks.ts';
import type { RoundPart, SelftestRound } from '../../core/selftest/selftest-result.ts';
import { visible } from '../../core/text/visible.ts';
import { vfName } from '../../core/vf/vf.ts';
import { planAssign } from '../assign.ts';
import { carryOutPlan } from '../carry-out-plan.ts';
import type { Context } from '../context.ts';
import type { GuestPlanOptions } from '../guest-ground.ts';
import { sense } from '../sense/sense.ts';
import { planUnassign } from '../unassign.ts';
import { readKernelLog } from './kernel-log.ts';
import { createVm, destroyVm, freeVmid, startVm, stopVm } from './throwaway-vm.ts';

/** A round as it goes, and what it leaves behind. */
interface Ongoing {
  readonly tookMs: { [P in RoundPart]?: number };
  readonly wrong: string[];
  readonly unmeasured: string[];
  readonly leftOver: string[];
  vf?: string;
}

export interface RoundRequest extends GuestPlanOptions {
  readonly number: number;
  readonly gpu: Bdf;
  /** Asked between the parts: what is there is taken away, and nothing more is done. */
  readonly stopped: () => boolean;
}

/**
 * One round: makes a guest, gives it a VF, starts it, looks, and takes everything away again, whatever went wrong before. Only the
 * guest that it made is touched.
 */
export async function runRound(
  context: Context,
  request: RoundRequest,
): Promise<{ readonly round: SelftestRound; readonly leftOver: readonly string[] }> {
  const state: Ongoing = { tookMs: {}, wrong: [], unmeasured: [], leftOver: [] };
  const free = await freeVmid(context.host);
  if (!free.ok) state.wrong.push(sentence(free.problem.message));
  else await withGuest(context, request, free.value, state);
  const { leftOver, ...round } = state;
  return { round: { number: request.number, ...round }, leftOver };
}

async function withGuest(context: Context, request: RoundRequest, vmid: number, state: Ongoing): Promise<void> {
  const { host, clock } = context;
  const part = async (name: RoundPart, work: () => Promise<Result<unknown>>): Promise<boolean> => {
    const startMs = clock.nowMs();
    const result = await work();
    state.tookMs[name] = clock.nowMs() - startMs;
    if (!result.ok) state.wrong.push(`${name}: ${sentence(result.problem.message)}`);
    return result.ok;
  };
  const log = await readKernelLog(host);
  if (!log.ok) state.unmeasured.push(sentence(log.problem.message));
  if (!(await part('create', () => createVm(host, vmid)))) return;
  let assigned = false;
  try {
    if (isStopped(request, state)) return;
    assigned = true;
    const wish = { vmid, mode: 'sriov', gpu: request.gpu } as const;
    if (!(await part('assign', () => carryOutPlan(context, () => planAssign(context, wish, request))))) return;
    // Assigning may make the VFs, so what must stay as it is is looked at now.
    const before = await sense(host, CHECKED_SECTIONS);
    if (isStopped(request, state)) return;
    const bdf = await whileRunning(context, request, vmid, state, before, part);
    if (bdf !== undefined) note(state, checkReturned(before, await sense(host, CHECKED_SECTIONS), request.gpu, bdf));
  } finally {
    if (assigned) await part('unassign', () => carryOutPlan(context, () => planUnassign(context, { vmid }, request)));
    if (!(await part('destroy', () => destroyVm(host, vmid))))
      state.leftOver.push(`VM ${vmid}; remove it with: qm stop ${vmid}; qm destroy ${vmid}`);
    if (log.ok) await noteLog(context, state, log.value);
  }
}

type RunPart = (name: RoundPart, work: () => Promise<Result<unknown>>) => Promise<boolean>;

/** Starts the guest, looks at it and stops it; answers the VF that it had. A start that failed may have left a process. */
async function whileRunning(
  context: Context,
  { gpu }: RoundRequest,
  vmid: number,
  state: Ongoing,
  before: HostFacts,
  part: RunPart,
): Promise<Bdf | undefined> {
  const { host, clock } = context;
  try {
    if (!(await part('start', () => startVm(host, vmid)))) return undefined;
    const startMs = clock.nowMs();
    const now = await sense(host, CHECKED_SECTIONS);
    note(state, checkRunning(before, now, gpu, vmid));
    state.tookMs.check = clock.nowMs() - startMs;
    const vf = heldVf(now, gpu, vmid);
    if (vf !== undefined) state.vf = vfName(vf);
    return vf?.bdf;
  } finally {
    await part('stop', () => stopVm(host, vmid));
  }
}

async function noteLog({ host }: Context, state: Ongoing, before: string): Promise<void> {
  const after = await readKernelLog(host);
  if (!after.ok) return void state.unmeasured.push(sentence(after.problem.message));
  for (const line of newLogLines(before, after.value))
    if (isLogTrouble(line)) state.wrong.push(`kernel log: ${visible(line, 300)}`);
}

function note(state: Ongoing, checked: Checked): void {
  state.wrong.push(...checked.wrong);
  state.unmeasured.push(...checked.unmeasured);
}

function isStopped({ stopped }: RoundRequest, state: Ongoing): boolean {
  if (!stopped()) return false;
  state.unmeasured.push('stopped by the user');
  return true;
}

function sentence(message: string): string {
  return message.replace(/\.$/, '');
}
