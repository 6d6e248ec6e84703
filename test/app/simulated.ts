// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import { planAssign } from '../../src/app/assign.ts';
import type { Context } from '../../src/app/context.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planUnassign } from '../../src/app/unassign.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import { ok, type Result } from '../../src/core/problem.ts';
import { simulatedHookRunner } from '../../src/main/simulated-hook.ts';
import { simulatedUnitRunner } from '../../src/main/simulated-units.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { createSimulatedNode, type SimulatedNode, type SimulatedNodeOptions } from '../../src/simulator/simulated-node.ts';

/** Our hookscript as it is shipped. */
export const HOOK_STUB = readFileSync(new URL('../../pve-hooks/pveigpu-hook.pl', import.meta.url), 'utf8');

/** A simulated node with the product on it, as the commands use both. */
export class Simulated {
  readonly node: SimulatedNode;
  readonly context: Context;
  readonly said: string[] = [];

  constructor(profile: Profile, options: SimulatedNodeOptions = {}) {
    this.node = createSimulatedNode(profile, {
      hookRunner: simulatedHookRunner(() => this.context),
      unitRunner: simulatedUnitRunner(() => this.context),
      ...options,
    });
    const say = (line: string) => void this.said.push(line);
    this.context = { host: this.node, pve: new PveCli(this.node), clock: this.node.clock, log: { info: say, warn: say } };
  }

  /** A program on the node; its exit code, and what it said on failure as the error of the test. */
  async run(...argv: readonly [string, ...string[]]): Promise<{ readonly exitCode: number; readonly text: string }> {
    const ran = await this.node.run(argv);
    if (!ran.ok) throw new Error(ran.problem.message);
    return { exitCode: ran.value.exitCode, text: ran.value.stdout + ran.value.stderr };
  }

  /** The same, which must succeed. */
  async must(...argv: readonly [string, ...string[]]): Promise<string> {
    const { exitCode, text } = await this.run(...argv);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} exits ${exitCode}: ${text}`);
    return text;
  }

  /** Assigns as the command does: plan, apply, and again where the first plan only made VFs. */
  async assign(request: AssignRequest, force = false): Promise<Result<readonly Plan[]>> {
    return await this.carryOut(async () => await planAssign(this.context, request, { hookStub: HOOK_STUB }), force);
  }

  async unassign(vmid: number, force = false): Promise<Result<readonly Plan[]>> {
    return await this.carryOut(
      async () => await planUnassign(this.context, { vmid, force }, { hookStub: HOOK_STUB, mayMount: true }),
      force,
    );
  }

  /** Plans and applies until a plan is the whole. */
  async carryOut(plan: () => Promise<Result<Plan>>, force = false): Promise<Result<readonly Plan[]>> {
    const plans: Plan[] = [];
    for (let round = 0; round < 3; round += 1) {
      const planned = await plan();
      if (!planned.ok) return planned;
      const applied = await applyPlan(this.context, planned.value, { force });
      if (!applied.ok) return applied;
      plans.push(planned.value);
      if (planned.value.then === undefined) return ok(plans);
    }
    throw new Error('the plans do not come to an end');
  }

  config(vmid: number): string {
    return this.node.machine.tree.text(`/etc/pve/nodes/pve/qemu-server/${vmid}.conf`) ?? '';
  }

  writeConfig(vmid: number, text: string): void {
    this.node.machine.tree.setFile(`/etc/pve/nodes/pve/qemu-server/${vmid}.conf`, text, { mode: 0o640, gid: 33 });
  }

  mapping(): string {
    return this.node.machine.tree.text('/etc/pve/mapping/pci.cfg') ?? '';
  }

  /** Who holds which device, as PVE notes it: `0000:00:02.1 101`. */
  held(): readonly string[] {
    const text = this.node.machine.tree.text('/run/qemu-server/pci-id-reservations') ?? '';
    return text.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ').slice(0, 2).join(' ')]));
  }

  /** Somebody opens a VF, and somebody else removes all VFs: the kernel waits with that one half gone. The pid of the first. */
  hangRemoval(vf: string): number {
    const { kernel, tree } = this.node.machine;
    const group = tree.lookup(`/sys/bus/pci/devices/${vf}/iommu_group`);
    const path = `/dev/vfio/${'path' in group ? group.path.split('/').at(-1) : ''}`;
    const { pid } = kernel.startProcess({ command: 'holder', argv: ['holder'], open: [path] });
    const answer = kernel.write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '0');
    if (answer !== 'HANG') throw new Error(`the removal does not hang: ${answer}`);
    return pid;
  }

  /** Everything that survives a reboot but our own state. PVE leaves an empty file where the last mapping was. */
  lasting(): { readonly [path: string]: string } {
    const files = Object.entries(this.node.persistentFiles());
    const isOurs = (path: string) => path.startsWith('/var/lib/pveigpu') || path.startsWith('/var/log');
    return Object.fromEntries(
      files.filter(([path, text]) => !isOurs(path) && !(path === '/etc/pve/mapping/pci.cfg' && text === '')),
    );
  }
}

/** A node of a profile by name. */
export function simulated(name: string, options: SimulatedNodeOptions = {}): Simulated {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return new Simulated(profile, options);
}
