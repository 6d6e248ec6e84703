// SPDX-License-Identifier: AGPL-3.0-or-later
import { guideFor, guideRemarks } from '../core/guides/guide-remarks.ts';
import { findKernel } from '../core/kernels/find-kernel.ts';
import type { Plan, Remark, Step } from '../core/plan/action.ts';
import { ok, type Result } from '../core/problem.ts';
import { planWhatIsDesired } from '../core/setup/plan-desired.ts';
import { planSetup } from '../core/setup/plan-setup.ts';
import { withPoolsAfter } from '../core/setup/pools-after.ts';
import { neededDriver, setupTarget } from '../core/setup/setup-target.ts';
import type { SetupWish, SetupWorld } from '../core/setup/setup-wish.ts';
import { planTrial } from '../core/setup/trial/plan-trial.ts';
import { readAvailableKernels, readKernelFiles, withFiles } from './available-kernels.ts';
import { bootRoom } from './boot-room.ts';
import type { Context } from './context.ts';
import { type DriverWish, readDriverInputs } from './driver-inputs.ts';
import { preflight } from './preflight.ts';
import { withProfilesAfter } from './profiles-after.ts';
import { readSettings } from './settings.ts';
import { setupWorld } from './setup-world.ts';

/** A wish without a mode is for what was asked for before. */
export type PlanSetupRequest = Omit<SetupWish, 'mode'> & {
  readonly mode?: SetupWish['mode'];
  readonly source?: DriverWish;
  /** Absolute paths of the package files of a kernel that no repository has. */
  readonly kernelFiles?: readonly string[];
  /** Only for one boot, by a loader entry of its own. */
  readonly trial?: boolean;
};

/**
 * Plans the host set-up for a mode, or what is missing of the one that was asked for before; nothing is written. What would stop
 * its packages is looked for first and said with it.
 */
export async function planHostSetup(context: Context, request: PlanSetupRequest): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const read = await setupWorld(context);
  if (!read.ok) return read;
  const { vfCount } = settings.value;
  const { mode, source, trial, kernelFiles, ...rest } = request;
  const wish = { ...(vfCount === undefined ? {} : { usualVfs: vfCount }), ...rest };
  const kernels = await withKernels(context, read.value, { ...wish, mode: mode ?? 'auto' }, kernelFiles ?? []);
  if (!kernels.ok) return kernels;
  const world = await withDriver(context, kernels.value, { ...wish, mode: mode ?? 'auto' }, source ?? {});
  if (!world.ok) return world;
  if (trial === true) {
    const mounts = await context.host.read('/proc/self/mounts');
    const tried = planTrial(world.value, { ...wish, mode: mode ?? 'auto' }, mounts.kind === 'content' ? mounts.value : '');
    if (!tried.ok) return tried;
    const against = await inTheWay(context, world.value, tried.value.steps);
    return ok({ ...tried.value, remarks: [...tried.value.remarks, ...against] });
  }
  const first = mode === undefined ? planWhatIsDesired(world.value, wish) : planSetup(world.value, { ...wish, mode });
  if (!first.ok) return first;
  const pooled = withPoolsAfter(world.value, first.value);
  const plan = ok(await withProfilesAfter(context.host, world.value, first.value, pooled));
  const troubles = await inTheWay(context, world.value, plan.value.steps);
  const explained =
    plan.value.steps.length === 0 ? [] : await explainGuide(context, world.value, { ...wish, mode: mode ?? 'auto' });
  return ok({ ...plan.value, remarks: [...plan.value.remarks, ...explained, ...troubles] });
}

/** What would stop the steps, found before the first of them. */
async function inTheWay(context: Context, { facts }: SetupWorld, steps: readonly Step[]): Promise<readonly Remark[]> {
  return [...(await preflight(context, facts, steps)), ...(await bootRoom(context, facts, steps))];
}

/** Who comes with a guide for this machine is told what becomes of each of its settings. */
async function explainGuide({ host }: Context, world: SetupWorld, wish: SetupWish): Promise<readonly Remark[]> {
  const target = setupTarget(world, wish);
  const guide = target.ok ? guideFor(target.value.device, target.value.mode) : undefined;
  if (!target.ok || guide === undefined) return [];
  const { device, release } = target.value;
  const offered = world.availableKernels === undefined ? await readAvailableKernels(host) : ok(world.availableKernels);
  const available = offered.ok ? offered.value : [];
  const canHave = (kernel: string) => findKernel(world.facts, available, kernel).ok;
  return guideRemarks(guide, { facts: world.facts, device, release, canHave });
}

/** The world with the kernels that could be installed, where none that is installed will do. */
async function withKernels(
  { host }: Context,
  world: SetupWorld,
  wish: SetupWish,
  files: readonly string[],
): Promise<Result<SetupWorld>> {
  const given = await readKernelFiles(host, files);
  if (!given.ok) return given;
  const target = setupTarget(world, wish);
  if (files.length === 0 && (target.ok || target.problem.code !== 'kernel.cannot')) return ok(world);
  const offered = await readAvailableKernels(host);
  return ok({ ...world, availableKernels: withFiles(offered.ok ? offered.value : [], given.value) });
}

/** The world with what is known of the driver that the wish needs, where it needs one. */
async function withDriver(context: Context, world: SetupWorld, wish: SetupWish, source: DriverWish): Promise<Result<SetupWorld>> {
  const target = setupTarget(world, wish);
  // Why there is no target is said by the planner itself.
  const choice = target.ok ? neededDriver(world, target.value) : undefined;
  if (choice === undefined) return ok(world);
  const inputs = await readDriverInputs(context, world, choice, source);
  if (!inputs.ok) return inputs;
  return ok(inputs.value === undefined ? world : { ...world, driver: inputs.value });
}
