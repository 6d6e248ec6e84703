// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { moduleState } from '../gpu/gpu-case.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { Remark, Step } from '../plan/action.ts';
import { type DesiredGpu, desiredOf } from '../plan/desired.ts';
import type { Problem, Result } from '../problem.ts';
import type { SetupWorld } from './setup-wish.ts';
import { type VfSteps, vfsAsWanted, vfsAway } from './vfs-now.ts';

/** What is done to the running machine, before and after the files. */
export interface NowPart {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
  readonly remarks: readonly Remark[];
}

/** What decides about it. */
export interface NowCase {
  readonly device: PciDevice;
  readonly wish: DesiredGpu;
  /** What others do already for this mode. */
  readonly served: readonly string[];
  /** Nothing of what runs may change: it was asked so, or a guest uses it. */
  readonly isLater: boolean;
  /** A reboot stands before it. */
  readonly waits: boolean;
}

const MODPROBE_MS = 60_000;

/** VFs are made where no reboot is needed for them, and taken away when the mode has none; kvmgt is loaded where i915 is ready for it. */
export function nowPart(world: SetupWorld, one: NowCase): NowPart {
  const { device, wish, isLater, waits } = one;
  const nothing: NowPart = { before: [], after: [], remarks: [] };
  if (isLater) return nothing;
  if (wish.mode !== 'sriov') {
    // VFs that somebody else made stay when only ours is given back.
    const ours = desiredOf(world.desired, device)?.mode === 'sriov';
    const away = ours || wish.mode !== 'host' ? vfsAway(world, device) : undefined;
    const taken = away === undefined ? { steps: [], remarks: [] } : stepsOf(away);
    // Who is assigned a VF is said with what else the mode takes away.
    const gone = { ...taken, remarks: taken.remarks.filter(({ id }) => id !== 'vf.assigned') };
    return { before: gone.steps, after: wish.mode === 'gvt-g' && !waits ? loadKvmgt(world, device) : [], remarks: gone.remarks };
  }
  const gpu = world.verdict.gpus.find(({ bdf }) => bdf === device.bdf);
  const isReady = gpu !== undefined && modeOf(gpu, 'sriov').readiness === 'now';
  const isServed = one.served.length > 0 && (wish.numVfs === undefined || wish.numVfs === device.sriov?.vfs.length);
  if (waits || !isReady || isServed) return nothing;
  const made = stepsOf(vfsAsWanted(world, device, wish.numVfs));
  return { before: [], after: made.steps, remarks: made.remarks };
}

function loadKvmgt(world: SetupWorld, device: PciDevice): readonly Step[] {
  if ((device.mdevTypes ?? []).length > 0 || moduleState(world.facts, 'kvmgt')?.loaded === true) return [];
  const done = { kind: 'exists', path: '/sys/module/kvmgt' } as const;
  const args = { argv: ['modprobe', 'kvmgt'], undo: null, done, timeoutMs: MODPROBE_MS } as const;
  return [{ action: 'run', args, reason: 'i915 is ready for it, so no reboot is needed' }];
}

/** A refusal of the planner of VFs stands in the plan, so that the rest of it can be read too. */
function stepsOf(planned: Result<VfSteps>): VfSteps {
  return planned.ok ? planned.value : { steps: [], remarks: [blocker(planned.problem)] };
}

function blocker({ code, message, hint }: Problem): Remark {
  return { level: 'blocker', id: `setup.${code}`, text: message, ...(hint === undefined ? {} : { hint }), code };
}
