// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts, SectionName } from '../core/facts/host-facts.ts';
import { VERDICT_SECTIONS } from '../core/gpu/machine-remarks.ts';
import { findKernel } from '../core/kernels/find-kernel.ts';
import { type KernelsView, kernelsView } from '../core/kernels/kernels-view.ts';
import { planPin, planUnpin } from '../core/kernels/plan-pin.ts';
import type { Plan } from '../core/plan/action.ts';
import { ok, type Result } from '../core/problem.ts';
import { readAvailableKernels, readKernelFiles, withFiles } from './available-kernels.ts';
import { bootRoom } from './boot-room.ts';
import type { Context } from './context.ts';
import { readLedger } from './engine/state-files.ts';
import { preflight } from './preflight.ts';
import { sense } from './sense/sense.ts';

/** A kernel to pin, and package files of it. */
export interface KernelPinRequest {
  /** A release or a series. */
  readonly kernel: string;
  /** Absolute paths of `.deb` files. */
  readonly files: readonly string[];
}

const SECTIONS: readonly SectionName[] = [...VERDICT_SECTIONS, 'boot', 'packages'];

/** Kernels that are installed or could be, each with what the GPUs could do under it. */
export async function listKernels({ host }: Context): Promise<KernelsView> {
  const [facts, available] = await Promise.all([sense(host, SECTIONS), readAvailableKernels(host)]);
  return kernelsView(facts, available.ok ? available.value : { reason: available.problem.message.replace(/\.$/, '') });
}

/** Plans pinning a kernel, which is installed first where it is not; nothing is written. */
export async function planKernelPin(context: Context, { kernel, files }: KernelPinRequest): Promise<Result<Plan>> {
  const { host } = context;
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const given = await readKernelFiles(host, files);
  if (!given.ok) return given;
  const facts = await sense(host, SECTIONS);
  const offered = await readAvailableKernels(host);
  const available = withFiles(offered.ok ? offered.value : [], given.value);
  const release = findKernel(facts, available, kernel);
  if (!release.ok) return offered.ok ? release : offered;
  return ok(await looked(context, facts, planPin({ facts, ledger: ledger.value }, { release: release.value, available })));
}

/** Plans taking the pin away; nothing is written. */
export async function planKernelUnpin(context: Context): Promise<Result<Plan>> {
  const facts = await sense(context.host, SECTIONS);
  return ok(await looked(context, facts, planUnpin(facts)));
}

async function looked(context: Context, facts: HostFacts, plan: Plan): Promise<Plan> {
  const found = [...(await preflight(context, facts, plan.steps)), ...(await bootRoom(context, facts, plan.steps))];
  return { ...plan, remarks: [...plan.remarks, ...found] };
}
