// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DrmNode } from '../facts/drm-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { gpuName, lookupGpu } from '../gpu/catalogue.ts';
import { judge } from '../gpu/judge.ts';
import { chooseType } from '../mdev/choose-type.ts';
import { fittingSize } from '../mdev/mdev-display.ts';
import { sortedTypes } from '../mdev/mdev-gpu.ts';
import type { DisplayWish } from '../mdev/mdev-wish.ts';
import type { Bdf } from '../pci/address.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus, vfsOf } from '../vf/vf.ts';
import type { ExportCase, ExportSlice, SliceKind } from './export-case.ts';
import type { SliceWish } from './slice-wish.ts';
import { wholeGpuWay } from './whole-gpu-way.ts';

/** What is asked for, and what only a face can give. */
export interface ExportRequest {
  readonly gpu?: Bdf;
  readonly slice?: SliceWish;
  readonly type?: string;
  readonly guest?: string;
  readonly display?: DisplayWish;
  readonly asGuide: boolean;
  /** For a mediated device that is to be made. */
  readonly uuid: string;
  /** Id of the host's group `render`. */
  readonly renderGid: number | null;
}

/** What a format is written from, out of the facts of a machine. Without a slice in the request, the first kind of `kinds` that the GPU has now; the whole GPU is given away only when asked for. */
export function makeCase(facts: HostFacts, request: ExportRequest, kinds: readonly SliceKind[]): Result<ExportCase> {
  const pci = ifKnown(facts.pci);
  if (pci === undefined)
    return problem('facts.unknown', 'What PCI devices this machine has is not known.', { hint: 'Look again as root.' });
  const gpu = chosenGpu(pci, request.gpu);
  if (!gpu.ok) return gpu;
  const ground: Ground = { facts, pci, pf: gpu.value, request };
  const slice = request.slice === undefined ? usualSlice(ground, kinds) : slicesByKind[request.slice.kind](ground, request.slice);
  if (!slice.ok) return slice;
  const { bdf, device } = gpu.value;
  const entry = lookupGpu(device);
  const sriov = judge(facts)
    .gpus.find((one) => one.bdf === bdf)
    ?.modes.find(({ mode }) => mode === 'sriov');
  const generation = entry === undefined || entry.graphicsGen === 'unknown' ? null : entry.graphicsGen;
  return ok({
    gpu: {
      ...{ bdf, device, generation },
      name: entry === undefined ? 'Intel GPU' : gpuName(entry),
      backend: (sriov?.answer === 'yes' ? sriov.backend : undefined) ?? null,
      isI915s: entry?.drivers.i915Mainline === true,
    },
    slice: slice.value,
    guest: request.guest ?? null,
    display: request.display ?? { kind: 'ramfb' },
    asGuide: request.asGuide,
  });
}

interface Ground {
  readonly facts: HostFacts;
  readonly pci: PciFacts;
  readonly pf: PciDevice;
  readonly request: ExportRequest;
}

function chosenGpu(pci: PciFacts, asked: Bdf | undefined): Result<PciDevice> {
  const gpus = intelGpus(pci);
  const [first] = gpus;
  if (first === undefined)
    return problem('gpu.none', 'There is no Intel GPU on this machine.', { hint: 'See pveigpu verdict for what was looked at.' });
  if (asked === undefined && gpus.length > 1)
    return problem('gpu.several', `This machine has ${gpus.length} Intel GPUs: ${gpus.map(({ bdf }) => bdf).join(', ')}.`, {
      hint: 'Choose one with --gpu BDF.',
    });
  const named = asked === undefined ? first : gpus.find(({ bdf }) => bdf === asked);
  return named === undefined
    ? problem('gpu.unknown', `There is no Intel GPU at ${asked}.`, {
        hint: `Those of this machine: ${gpus.map(({ bdf }) => bdf).join(', ')}. Of a VF, name the GPU and give --slice vf:N.`,
      })
    : ok(named);
}

const slicesByKind: { readonly [K in SliceKind]: (ground: Ground, wish?: SliceWish) => Result<ExportSlice> } = {
  vf: ({ pci, pf }, wish) => {
    const vfs = vfsOf(pci, pf);
    const number = wish?.kind === 'vf' ? wish.number : 1;
    const vf = vfs.find((one) => one.number === number);
    if (vf !== undefined) return ok({ kind: 'vf', number, bdf: vf.bdf, driver: vf.device?.driver ?? null, count: vfs.length });
    return problem('vf.none', `${pf.bdf} has no VF ${number}: it has ${vfs.length === 0 ? 'none' : `1 to ${vfs.length}`}.`, {
      hint: vfs.length === 0 ? 'pveigpu plan sriov shows whether and how this machine can have VFs.' : 'Choose one of these.',
    });
  },
  mdev: mdevOf,
  pf: ({ pf }, wish) => {
    const way = wholeGpuWay(pf, wish?.kind === 'pf' ? wish.way : undefined);
    return way.ok ? ok({ kind: 'pf', bdf: pf.bdf, driver: pf.driver, way: way.value }) : way;
  },
  render: ({ facts, pf, request }) => {
    const node = renderNode(facts, pf.bdf);
    if (node === undefined)
      return problem(
        'gpu.cannot',
        `${pf.bdf} has no render node on this machine${pf.driver === null ? ', for no driver is bound to it' : ''}.`,
        {
          hint: 'pveigpu plan host shows what is missing.',
        },
      );
    const { path, major, minor } = node;
    return ok({ kind: 'render', path, major, minor, bdf: pf.bdf, gid: request.renderGid });
  },
};

function mdevOf({ pf, request }: Ground, wish?: SliceWish): Result<ExportSlice> {
  const types = sortedTypes(pf);
  const name = lookupGpu(pf.device)?.name ?? 'Intel GPU';
  if (types.length === 0)
    return problem('gpu.cannot', `${pf.bdf} (${name}) offers no mediated device.`, {
      hint: 'pveigpu plan gvt-g shows whether and how it could.',
    });
  const uuid = (wish?.kind === 'mdev' ? wish.uuid : undefined) ?? request.uuid;
  const having = types.find(({ devices }) => devices.includes(uuid));
  const chosen =
    having !== undefined && request.type === undefined ? ok(having) : chooseType({ gpu: pf, types, name }, request.type);
  if (!chosen.ok) return chosen;
  const type = chosen.value;
  if (having !== undefined && having !== type)
    return problem('usage', `${uuid} is a ${having.id}, not a ${type.id}.`, { hint: 'Leave out --type.' });
  const size = request.display?.kind === 'ramfb' ? fittingSize(type, request.display.size) : ok(undefined);
  return size.ok ? ok({ kind: 'mdev', pf: pf.bdf, uuid, exists: having !== undefined, type: type.id }) : size;
}

function usualSlice(ground: Ground, kinds: readonly SliceKind[]): Result<ExportSlice> {
  const tries = kinds.filter((kind) => kind !== 'pf').map((kind) => slicesByKind[kind](ground));
  const [first] = tries;
  return tries.find(({ ok: works }) => works) ?? first ?? problem('usage', 'This format carries no slice.');
}

function renderNode(facts: HostFacts, bdf: Bdf): DrmNode | undefined {
  return ifKnown(facts.drm)?.nodes.find(({ pci, name }) => pci === bdf && name.startsWith('render'));
}
