// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../core/plan/action.ts';
import { diffPlan, type GuestTexts, type PlanDiff } from '../core/plan/diff-plan.ts';
import type { Host } from '../ports/host.ts';

/** A plan with its diffs, where guests' changes are shown as PVE itself will rewrite their files. */
export async function shownPlan(host: Host, plan: Plan): Promise<PlanDiff> {
  const texts = new Map<string, { text: string; running: boolean }>();
  for (const step of [...plan.steps, ...(plan.ahead ?? [])]) {
    if (step.action !== 'setGuestConfig' || step.args.kind !== 'qemu') continue;
    const read = await host.read(`/etc/pve/qemu-server/${step.args.vmid}.conf`);
    const pid = await host.stat(`/run/qemu-server/${step.args.vmid}.pid`);
    if (read.kind === 'content') texts.set(`qemu ${step.args.vmid}`, { text: read.value, running: pid.kind === 'content' });
  }
  const guests: GuestTexts = (kind, vmid) => texts.get(`${kind} ${vmid}`);
  return diffPlan(plan, guests);
}
