// SPDX-License-Identifier: AGPL-3.0-or-later

import { nodeOf } from '../core/assign/assignments.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { lineMatters } from '../core/kernel-log/relevant-lines.ts';
import type { Bdf } from '../core/pci/address.ts';
import { ok, type Result } from '../core/problem.ts';
import { newLogLines } from '../core/selftest/log-trouble.ts';
import type { SelftestResult, SelftestRound } from '../core/selftest/selftest-result.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import type { Context } from './context.ts';
import { readKernelLog } from './selftest/kernel-log.ts';
import { readyForSelftest } from './selftest/ready-for-selftest.ts';
import { type RoundRequest, runRound } from './selftest/run-round.ts';
import { planVfRemove } from './vf.ts';

export interface SelftestRequest extends Omit<RoundRequest, 'number' | 'gpu'> {
  readonly rounds: number;
  readonly gpu?: Bdf;
  readonly onRound?: (round: SelftestRound) => void;
}

/** A selftest that was run, and the name of the node, which its report must not tell. */
export interface Selftest {
  readonly result: SelftestResult;
  readonly nodeName: string;
}

/**
 * Gives a VF to a tiny guest of its own making, N times, and looks each time whether the GPU, its VFs and the kernel bear it. Fails with
 * `gpu.cannot` and the like before anything was made where SR-IOV does not work now; what a round finds is in the result.
 */
export async function selftest(context: Context, request: SelftestRequest): Promise<Result<Selftest>> {
  const ground = await readyForSelftest(context, request.gpu);
  if (!ground.ok) return ground;
  const { gpu, facts } = ground.value;
  const log = await readKernelLog(context.host);
  const rounds: SelftestRound[] = [];
  const leftOver: string[] = [];
  for (let number = 1; number <= request.rounds && !request.stopped(); number += 1) {
    const done = await runRound(context, { ...request, number, gpu: gpu.pf.bdf });
    rounds.push(done.round);
    leftOver.push(...done.leftOver);
    request.onRound?.(done.round);
    // A guest that could not be removed may hold its VF: more of them would only hide what went wrong first.
    if (done.leftOver.length > 0) break;
  }
  if (gpu.vfs.length === 0 && rounds.length > 0) leftOver.push(...(await removeOwnVfs(context, gpu.pf.bdf)));
  const result = {
    asked: request.rounds,
    rounds,
    stopped: rounds.length < request.rounds && request.stopped(),
    leftOver,
    log: log.ok ? await logSince(context, log.value) : [],
    machine: machineLines(facts, gpu.pf.bdf),
  };
  return ok({ result, nodeName: nodeOf(facts) });
}

/** There were no VFs before, so that there shall be none after. */
async function removeOwnVfs(context: Context, gpu: Bdf): Promise<readonly string[]> {
  const removed = await carryOutPlan(context, () => planVfRemove(context, { gpu }));
  return removed.ok ? [] : [`the VFs of ${gpu} (${removed.problem.message}); remove them with: pveigpu vf remove`];
}

async function logSince({ host }: Context, before: string): Promise<readonly string[]> {
  const after = await readKernelLog(host);
  return after.ok ? newLogLines(before, after.value).filter(lineMatters) : [];
}

/** What decides whether two reports can be compared. */
function machineLines(facts: HostFacts, gpu: Bdf): readonly string[] {
  const device = ifKnown(facts.pci)?.displays.find((one) => one.bdf === gpu);
  const packages = ifKnown(facts.pve)?.packages ?? {};
  const cpu = ifKnown(facts.platform)?.cpuModel;
  return [
    `gpu: ${gpu} ${device?.vendor}:${device?.device}, driver ${device?.driver ?? 'none'}, ${device?.sriov?.totalVfs ?? 0} VFs at most`,
    `kernel: ${ifKnown(facts.kernel)?.release ?? 'unknown'}`,
    `processor: ${cpu?.state === 'known' ? cpu.value : 'unknown'}`,
    ...['pve-manager', 'qemu-server', 'pve-qemu-kvm', 'i915-sriov-dkms'].flatMap((name) =>
      packages[name] === undefined ? [] : [`${name}: ${packages[name]}`],
    ),
  ];
}
