// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DriverListView, driverListView } from '../core/driver/driver-list-view.ts';
import { planDriver } from '../core/driver/plan-driver.ts';
import { planDriverAway } from '../core/driver/plan-driver-away.ts';
import { planRepair } from '../core/driver/repair.ts';
import { ifKnown } from '../core/facts/section.ts';
import { lookupGpu } from '../core/gpu/catalogue.ts';
import { selectGpu } from '../core/gpu/select-gpu.ts';
import type { DriverBackend } from '../core/gpu/verdict.ts';
import type { Bdf } from '../core/pci/address.ts';
import type { Plan } from '../core/plan/action.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { chooseBackend } from '../core/setup/choose-backend.ts';
import { closingSteps } from '../core/setup/plan-order.ts';
import type { SetupGround, SetupPart } from '../core/setup/setup-part.ts';
import { visible } from '../core/text/visible.ts';
import { bootRoom } from './boot-room.ts';
import type { Context } from './context.ts';
import { driverGround } from './driver-ground.ts';
import { type DriverWish, readDriverInputs } from './driver-inputs.ts';
import { preflight } from './preflight.ts';
import { sense } from './sense/sense.ts';

/** What `driver install` was asked. */
export interface DriverInstallWish extends DriverWish {
  readonly gpu?: Bdf;
  readonly driver?: DriverBackend;
  /** The kernel to build for; default the running one. */
  readonly kernel?: string;
}

/** The drivers that each GPU can have on each installed kernel, and what there is. */
export async function listDrivers({ host }: Context): Promise<DriverListView> {
  return driverListView(await sense(host, ['pci', 'kernel', 'modules', 'logs', 'boot']));
}

/** Plans the driver of one GPU for one kernel; the mode of the GPU stays what it is. */
export async function planDriverInstall(context: Context, wish: DriverInstallWish): Promise<Result<Plan>> {
  const ground = await driverGround(context);
  if (!ground.ok) return ground;
  const { facts, verdict } = ground.value;
  const running = ifKnown(facts.kernel)?.release;
  const release = wish.kernel ?? running;
  if (release === undefined || running === undefined)
    return problem('facts.unknown', 'The running kernel is not known.', { hint: 'Run pveigpu on the node.' });
  const installed = ifKnown(facts.boot)?.kernels.map((kernel) => kernel.release);
  if (release !== running && installed?.includes(release) === false)
    return problem('kernel.cannot', `Kernel ${visible(release, 80)} is not installed.`, {
      hint: `There is ${installed.join(', ')}. pveigpu kernel list shows what can be had.`,
    });
  const gpu = selectGpu(verdict, { gpu: wish.gpu, mode: 'sriov' });
  if (!gpu.ok) return gpu;
  const entry = lookupGpu(gpu.value.device);
  if (entry === undefined) return problem('gpu.cannot', `${gpu.value.bdf} is in no table of drivers.`, { where: gpu.value.bdf });
  const chosen = chooseBackend({ gpu: gpu.value, entry, runningRelease: running, release, asked: wish.driver });
  if (!chosen.ok) return chosen;
  const choice = chosen.value;
  const inputs = await readDriverInputs(context, ground.value, choice, wish);
  if (!inputs.ok) return inputs;
  const part = planDriver(ground.value, {
    bdf: gpu.value.bdf,
    choice,
    release,
    ...(inputs.value === undefined ? {} : { inputs: inputs.value }),
  });
  const version = inputs.value?.source?.version ?? choice.release?.tag;
  const title =
    version === undefined
      ? `driver ${choice.backend} of kernel ${release}`
      : `driver ${choice.backend} ${version} for kernel ${release}`;
  const plan = wholePlan(ground.value, part, release, title);
  const found = [...(await preflight(context, facts, plan.steps)), ...(await bootRoom(context, facts, plan.steps))];
  return ok({ ...plan, remarks: [...plan.remarks, ...found] });
}

/** Plans taking away every driver that pveigpu installed. */
export async function planDriverRemove(context: Context): Promise<Result<Plan>> {
  const ground = await driverGround(context);
  if (!ground.ok) return ground;
  const release = ifKnown(ground.value.facts.kernel)?.release;
  if (release === undefined)
    return problem('facts.unknown', 'The running kernel is not known.', { hint: 'Run pveigpu on the node.' });
  return ok(wholePlan(ground.value, planDriverAway(ground.value), release, 'take the driver away'));
}

/** Plans what brings dpkg back into a configured state after a driver could not be built. */
export async function planDriverRepair(context: Context): Promise<Result<Plan>> {
  const ground = await driverGround(context);
  if (!ground.ok) return ground;
  const { steps, remarks } = planRepair(ground.value);
  return ok({ title: 'configure what the failed build of a driver left half-way', steps, remarks });
}

function wholePlan({ facts }: SetupGround, part: SetupPart, release: string, title: string): Plan {
  const { rebuilds } = part;
  const closing = closingSteps({ rebuilds, boot: ifKnown(facts.boot), release, holds: [] });
  const reboot = {
    level: 'note',
    id: 'driver.reboot',
    text: `The driver that runs now stays until the next boot of ${release}.`,
  } as const;
  return {
    title,
    steps: [...part.steps, ...closing.initramfs, ...closing.loader],
    remarks: [...part.remarks, ...(rebuilds.length === 0 || part.steps.length === 0 ? [] : [reboot])],
  };
}
