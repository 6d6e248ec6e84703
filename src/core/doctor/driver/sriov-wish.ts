// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { modeOf } from '../../gpu/select-gpu.ts';
import { DKMS_PACKAGE } from '../../gpu/sriov-needs.ts';
import type { Evidence, GpuVerdict, ModeVerdict, Reason } from '../../gpu/verdict.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { Fix } from '../fix.ts';
import type { GpuWish } from '../gpu-wish.ts';
import { leadingWishes } from '../leading-wishes.ts';

/** A GPU that is wanted for VFs before anything else, and what the verdict says of that. */
export interface SriovWish extends GpuWish {
  readonly gpu: GpuVerdict;
  readonly judged: ModeVerdict;
}

/** The GPUs of which VFs are wanted. */
export function sriovWishes(ground: DoctorCase): readonly SriovWish[] {
  return leadingWishes(ground).flatMap((wish) => {
    const gpu = ground.verdict.gpus.find(({ bdf }) => bdf === wish.device.bdf);
    return wish.mode !== 'sriov' || gpu === undefined ? [] : [{ ...wish, gpu, judged: modeOf(gpu, 'sriov') }];
  });
}

/** One of the reasons of a verdict by its id. */
export function reasonOf({ judged }: Pick<SriovWish, 'judged'>, ...ids: readonly string[]): Reason | undefined {
  return judged.reasons.find(({ id }) => ids.includes(id));
}

/** What `dkms status` says of the driver, where `--deep` has asked. */
export function dkmsSays({ deep }: DoctorCase): readonly Evidence[] {
  const lines = (ifKnown(deep.dkmsStatus) ?? []).filter((line) => line.startsWith(`${DKMS_PACKAGE}/`));
  return lines.slice(0, 5).map((value) => ({ source: 'dkms status', value }));
}

/** The set-up of VFs again, which puts drivers, options and files right. */
export function applySriov({ device }: Pick<GpuWish, 'device'>): Fix {
  return { kind: 'apply', mode: 'sriov', gpu: device.bdf };
}
