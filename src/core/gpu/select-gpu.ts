// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';
import { ok, problem, type Result } from '../problem.ts';
import { workingModes } from './judge.ts';
import type { GpuVerdict, MachineVerdict, Mode, ModeVerdict } from './verdict.ts';

/** Which GPU is asked for: an address, or the only one that qualifies; and what for. */
export interface GpuWish {
  readonly gpu?: Bdf | undefined;
  readonly mode: Mode;
}

/**
 * The GPU that a command works on. Fails with `gpu.none`, `gpu.unknown` (no GPU at that address), `gpu.several` (lists
 * them), `gpu.cannot` (the first reason and what works instead) or `facts.unknown` (nothing allows a yes or a no).
 */
export function selectGpu(verdict: MachineVerdict, wish: GpuWish): Result<GpuVerdict> {
  const intel = verdict.gpus.filter((gpu) => gpu.vendor === '8086');
  if (wish.gpu !== undefined) return named(verdict, wish.gpu, wish.mode);
  const [first] = intel;
  if (first === undefined) return nothing(verdict);
  const able = intel.filter((gpu) => modeOf(gpu, wish.mode).answer === 'yes');
  const [only] = able;
  if (only !== undefined && able.length === 1) return ok(only);
  if (able.length > 1) {
    const list = able.map((gpu) => `${gpu.bdf} (${gpu.name})`).join(', ');
    const message = `This node has ${able.length} GPUs that can do ${wish.mode}: ${list}.`;
    return problem('gpu.several', message, { hint: 'Choose one with --gpu BDF.' });
  }
  return intel.length === 1
    ? refusal(first, wish.mode)
    : refusal(intel.find((gpu) => modeOf(gpu, wish.mode).answer === 'unknown') ?? first, wish.mode);
}

/** The judgement of one mode of a GPU. */
export function modeOf(gpu: GpuVerdict, mode: Mode): ModeVerdict {
  return gpu.modes.find((verdict) => verdict.mode === mode) ?? { mode, answer: 'unknown', reasons: [], needs: [] };
}

function named(verdict: MachineVerdict, bdf: Bdf, mode: Mode): Result<GpuVerdict> {
  const gpu = verdict.gpus.find((candidate) => candidate.bdf === bdf);
  if (gpu !== undefined) return modeOf(gpu, mode).answer === 'yes' ? ok(gpu) : refusal(gpu, mode);
  const list = verdict.gpus.map((candidate) => candidate.bdf).join(', ');
  const hint =
    list === '' ? 'This node has no GPU.' : `The GPUs of this node: ${list}. A VF is not a GPU of its own; name its PF.`;
  return problem('gpu.unknown', `There is no GPU at ${bdf}.`, { hint, where: bdf });
}

function nothing(verdict: MachineVerdict): Result<GpuVerdict> {
  const message = verdict.noGpu?.text ?? 'There is no Intel GPU on this node.';
  if (verdict.noGpu?.id === 'pci.unknown') return problem('facts.unknown', message, { hint: 'Look again as root.' });
  return problem('gpu.none', message, { hint: 'See pveigpu verdict for what was looked at.' });
}

function refusal(gpu: GpuVerdict, mode: Mode): Result<GpuVerdict> {
  const { answer, reasons, needs } = modeOf(gpu, mode);
  const why = reasons[0]?.text ?? 'Nothing is known about it.';
  const where = gpu.bdf;
  if (answer === 'unknown') {
    const message = `Whether ${gpu.bdf} (${gpu.name}) can do ${mode} is not known: ${why}`;
    return problem('facts.unknown', message, { hint: needs[0] ?? 'See pveigpu verdict for what is missing.', where });
  }
  const others = workingModes(gpu.modes, mode);
  const instead = others.length > 0 ? `What can work instead: ${others.join(', ')}.` : 'No other mode can work here either.';
  const hint = needs[0] === undefined ? instead : `${needs[0]} ${instead}`;
  return problem('gpu.cannot', `${gpu.bdf} (${gpu.name}) cannot do ${mode}: ${why}`, { hint, where });
}
