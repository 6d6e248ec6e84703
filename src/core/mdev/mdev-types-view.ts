// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { GpuVerdict, MachineVerdict } from '../gpu/verdict.ts';
import { intelGpus } from '../vf/vf.ts';
import { unknownSections } from '../vf/vf-list-view.ts';
import { apertureMiB, roomOf } from './aperture.ts';
import { largestFree } from './choose-type.ts';
import { noTypes, sortedTypes } from './mdev-gpu.ts';

/** One type as `mdev types` shows it; null where the kernel does not say. */
export interface MdevTypeRow {
  readonly id: string;
  /** Whether `assign` takes it when no type is named. */
  readonly usual: boolean;
  /** How many more of it fit now. */
  readonly free: number;
  readonly existing: number;
  /** Memory inside the aperture. */
  readonly lowMiB: number | null;
  /** Graphics memory above the aperture. */
  readonly highMiB: number | null;
  readonly fences: number | null;
  readonly resolution: string | null;
  /** Share of the time of the engines, relative to the others. */
  readonly weight: number | null;
}

/** The value of `mdev types --json`. */
export interface MdevTypesView {
  readonly format: 1;
  readonly gpus: readonly {
    readonly bdf: string;
    readonly name: string;
    readonly apertureMiB: number | null;
    /** What the aperture leaves for guests beside the host. */
    readonly guestsMiB: number | null;
    readonly types: readonly MdevTypeRow[];
    /** Why there are no types, and what to do; null when there are. */
    readonly why: string | null;
  }[];
  readonly unknown: readonly string[];
}

/** What mediated devices each Intel GPU offers, largest first. */
export function mdevTypesView(facts: HostFacts, verdict: MachineVerdict): MdevTypesView {
  const pci = ifKnown(facts.pci);
  const gpus = (pci === undefined ? [] : intelGpus(pci)).flatMap((gpu) => {
    const judged = verdict.gpus.find(({ bdf }) => bdf === gpu.bdf);
    if (judged === undefined) return [];
    const sorted = sortedTypes(gpu);
    const usual = largestFree(sorted);
    const types = sorted.map((type): MdevTypeRow => {
      const { id, availableInstances: free, devices, lowGmMiB, highGmMiB, fences, resolution, weight } = type;
      return {
        id,
        usual: type === usual,
        free,
        existing: devices.length,
        lowMiB: lowGmMiB ?? null,
        highMiB: highGmMiB ?? null,
        fences: fences ?? null,
        resolution: resolution ?? null,
        weight: weight ?? null,
      };
    });
    const aperture = apertureMiB(gpu) ?? null;
    const guestsMiB = types.length === 0 || aperture === null ? null : roomOf(aperture).lowMiB;
    const why = types.length === 0 ? whyNone(gpu, judged) : null;
    return [{ bdf: gpu.bdf, name: judged.name, apertureMiB: aperture, guestsMiB, types, why }];
  });
  return { format: 1, gpus, unknown: unknownSections(facts) };
}

function whyNone(gpu: Parameters<typeof noTypes>[0], judged: GpuVerdict): string {
  const mode = modeOf(judged, 'gvt-g');
  if (mode.answer !== 'yes') return mode.reasons.map(({ text }) => text).join(' ');
  const { message, hint = '' } = noTypes(gpu, judged).problem;
  return `${message} ${hint}`.trimEnd();
}

/** The view as a table: header first, one line for each type. */
export function mdevTypesRows({ gpus }: MdevTypesView): readonly (readonly string[])[] {
  const header = ['GPU', 'TYPE', 'FREE', 'EXIST', 'APERTURE', 'MEMORY', 'FENCES', 'RESOLUTION', 'WEIGHT', 'DEFAULT'];
  const rows = gpus.flatMap(({ bdf, types }) =>
    types.map((type, at) => [
      at === 0 ? bdf : '',
      type.id,
      `${type.free}`,
      `${type.existing}`,
      type.lowMiB === null ? '-' : `${type.lowMiB} MB`,
      type.highMiB === null ? '-' : `${type.highMiB} MB`,
      type.fences === null ? '-' : `${type.fences}`,
      type.resolution ?? '-',
      type.weight === null ? '-' : `${type.weight}`,
      type.usual ? 'yes' : '',
    ]),
  );
  return [header, ...rows];
}
