// SPDX-License-Identifier: AGPL-3.0-or-later
import { selectGpu } from '../gpu/select-gpu.ts';
import type { GpuVerdict, Mode } from '../gpu/verdict.ts';
import { ok, problem, type Result } from '../problem.ts';
import type { SetupGround } from './setup-part.ts';
import type { SetupWish } from './setup-wish.ts';

/** The GPU that a set-up is about, and the mode it shall have. */
export interface ChosenGpu {
  readonly gpu: GpuVerdict;
  readonly mode: Mode;
}

/**
 * Which GPU and which mode are meant: the one named, the one that was set up before, or the only one. To give a GPU back
 * it need not qualify for anything. Otherwise fails as `selectGpu` does, with the verdict's reason.
 */
export function chooseGpu(ground: SetupGround, wish: SetupWish): Result<ChosenGpu> {
  if (wish.mode === 'host') return givenBack(ground, wish);
  if (wish.mode !== 'auto') {
    const chosen = selectGpu(ground.verdict, { gpu: wish.gpu, mode: wish.mode });
    return chosen.ok ? ok({ gpu: chosen.value, mode: wish.mode }) : chosen;
  }
  const intel = ground.verdict.gpus.filter(({ vendor }) => vendor === '8086');
  const useful = intel.filter(({ recommended }) => recommended !== 'host');
  const candidates = wish.gpu !== undefined ? intel.filter(({ bdf }) => bdf === wish.gpu) : useful.length > 0 ? useful : intel;
  const [only] = candidates;
  if (only === undefined || candidates.length === 0)
    return selectGpu(ground.verdict, { gpu: wish.gpu, mode: 'host' }) as Result<never>;
  if (candidates.length > 1) return several(candidates);
  return ok({ gpu: only, mode: only.recommended });
}

function givenBack(ground: SetupGround, { gpu: wanted }: SetupWish): Result<ChosenGpu> {
  const intel = ground.verdict.gpus.filter(({ vendor }) => vendor === '8086');
  const asked = intel.filter(({ bdf }) =>
    Object.entries(ground.desired.gpus).some(([key, { mode }]) => key.startsWith(`${bdf} `) && mode !== 'host'),
  );
  const candidates = wanted !== undefined ? intel.filter(({ bdf }) => bdf === wanted) : asked.length > 0 ? asked : intel;
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return ok({ gpu: only, mode: 'host' });
  if (candidates.length > 1) return several(candidates);
  const chosen = selectGpu(ground.verdict, { gpu: wanted, mode: 'host' });
  return chosen.ok ? ok({ gpu: chosen.value, mode: 'host' }) : chosen;
}

function several(gpus: readonly GpuVerdict[]): Result<ChosenGpu> {
  const list = gpus.map((gpu) => `${gpu.bdf} (${gpu.name})`).join(', ');
  return problem('gpu.several', `This node has ${gpus.length} GPUs that could be meant: ${list}.`, {
    hint: 'Choose one with --gpu BDF.',
  });
}
