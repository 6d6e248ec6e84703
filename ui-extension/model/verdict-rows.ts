// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GpuVerdict, MachineVerdict, Mode, ModeVerdict } from '../../src/core/gpu/verdict.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';

/** One mode of one GPU in the table of what it can do. */
export interface VerdictRow {
  readonly mode: Mode;
  readonly title: string;
  readonly about: string;
  readonly tone: Tone;
  readonly answer: string;
  /** Short remarks beside the title: recommended, in use, up to 7 VFs. */
  readonly tags: readonly string[];
  readonly reasons: readonly { readonly text: string; readonly evidence: readonly string[] }[];
  readonly needs: readonly string[];
  readonly isRecommended: boolean;
  readonly isInUse: boolean;
  /** Whether it could be set up. */
  readonly isPossible: boolean;
  readonly maxVfs: number | null;
}

/** One GPU with what it can do. */
export interface VerdictGpu {
  readonly bdf: string;
  readonly title: string;
  readonly id: string;
  readonly driver: string;
  readonly isIntel: boolean;
  readonly recommended: string;
  readonly rows: readonly VerdictRow[];
}

/** Everything of a verdict; `none` says why there is no Intel GPU. */
export interface VerdictShown {
  readonly gpus: readonly VerdictGpu[];
  readonly none: string | null;
  readonly remarks: readonly string[];
}

/** A verdict made ready to be shown, with the mode that the status says is in use. */
export function verdictShown(verdict: MachineVerdict, status: Pick<StatusView, 'gpus'> | undefined, say: Say): VerdictShown {
  const modeOf = (bdf: string) => status?.gpus.find((gpu) => gpu.bdf === bdf)?.mode;
  const isIntel = ({ vendor }: GpuVerdict) => vendor === '8086';
  return {
    gpus: verdict.gpus.map((gpu) => verdictGpu(gpu, modeOf(gpu.bdf), isIntel(gpu), say)),
    none: verdict.noGpu?.text ?? (verdict.gpus.some(isIntel) ? null : say('state.no-gpu')),
    remarks: verdict.remarks.map(({ text }) => text),
  };
}

/** Whether there is an Intel GPU and none of them can be given to a VM. */
export function cannotBeShared(gpus: readonly VerdictGpu[]): boolean {
  const intel = gpus.filter(({ isIntel }) => isIntel);
  return intel.length > 0 && intel.every(({ rows }) => rows.every(({ mode, isPossible }) => mode === 'host' || !isPossible));
}

function verdictGpu(gpu: GpuVerdict, inUse: string | undefined, isIntel: boolean, say: Say): VerdictGpu {
  return {
    bdf: gpu.bdf,
    title: gpu.name,
    id: `${gpu.vendor}:${gpu.device}`,
    driver: gpu.driver ?? say('slices.no-driver'),
    isIntel,
    recommended: say('verdict.recommended.because', { mode: say(`mode.${gpu.recommended}`), because: gpu.recommendedBecause }),
    rows: gpu.modes.map((mode) => verdictRow(mode, mode.mode === gpu.recommended, mode.mode === inUse, say)),
  };
}

function verdictRow(one: ModeVerdict, isRecommended: boolean, isInUse: boolean, say: Say): VerdictRow {
  const isNow = one.answer === 'yes' && one.readiness !== 'setup';
  const word = one.answer === 'yes' ? (isNow ? 'yes-now' : 'yes-setup') : one.answer;
  return {
    mode: one.mode,
    title: say(`mode.${one.mode}`),
    about: say(`mode.${one.mode}.about`),
    tone: one.answer === 'yes' ? (isNow ? 'good' : 'info') : one.answer === 'no' ? 'none' : 'warning',
    answer: say(`answer.${word}`),
    tags: [
      ...(isInUse ? [say('verdict.in-use')] : []),
      ...(isRecommended ? [say('verdict.recommended')] : []),
      ...(one.answer === 'yes' && one.maxVfs !== undefined ? [say('verdict.vfs', { count: one.maxVfs })] : []),
      ...(one.answer === 'yes' && one.backend !== undefined ? [one.backend] : []),
      ...(one.answer === 'yes' && one.young === true ? [say('verdict.young')] : []),
    ],
    reasons: one.reasons.map(({ text, evidence }) => ({
      text,
      evidence: evidence.map(({ source, value }) => `${source}: ${value}`),
    })),
    needs: one.needs,
    isRecommended,
    isInUse,
    isPossible: one.answer === 'yes',
    maxVfs: one.maxVfs ?? null,
  };
}
