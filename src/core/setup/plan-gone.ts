// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { runningRelease } from '../kernels/boot-kernels.ts';
import type { Plan } from '../plan/action.ts';
import { gpuKey } from '../plan/desired.ts';
import { fail, ok, type Problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { lastingPart } from './lasting-part.ts';
import { lastingSteps } from './lasting-steps.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';

/**
 * Gives back what was set up for a GPU that is not here any more, or that nothing is known about: the files must go all the
 * same. Fails with `why` when nothing was set up for it.
 */
export function planGone(world: SetupWorld, wish: SetupWish, why: Problem): Result<Plan> {
  const release = runningRelease(world.facts);
  const pci = ifKnown(world.facts.pci);
  if (release === undefined || pci === undefined) return fail(why);
  const here = intelGpus(pci).map(gpuKey);
  const isMeant = (key: string) => wish.gpu === undefined || key.startsWith(`${wish.gpu} `);
  const [key] = Object.keys(world.desired.gpus).filter((one) => isMeant(one) && !here.includes(one));
  if (key === undefined) return fail(why);
  const lasting = lastingPart(world, { bdf: undefined, wish: { mode: 'host' }, release }, wish);
  if (!lasting.ok) return lasting;
  const { steps, remarks, reboot } = lastingSteps(world, wish, lasting.value, { release, mode: 'host' });
  const title = `give back what was set up for ${key.split(' ').slice(0, 2).join(' ')}, which is not here`;
  return ok({
    title,
    steps: [...steps, ...reboot.steps],
    remarks: [...remarks, ...reboot.remarks],
    desired: { gpu: key, wish: null },
  });
}
