// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DrmFacts, DrmNode } from '../facts/drm-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { selectGpu } from '../gpu/select-gpu.ts';
import type { MachineVerdict } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus, intelVfs } from '../vf/vf.ts';

/** A GPU that the host keeps, with its own nodes. */
export interface SharedGpu {
  readonly pf: PciDevice;
  readonly name: string;
  readonly render: DrmNode;
  /** Absent for a GPU without a display engine. */
  readonly card?: DrmNode;
}

interface Ground {
  readonly facts: HostFacts;
  readonly verdict: MachineVerdict;
  readonly pci: PciFacts;
  readonly drm: DrmFacts;
}

/**
 * The GPU whose render node containers get: the one asked for, else one of `had` (what the container has already), else the
 * only one with a node. The nodes are found by the PCI address of the PF, so a VF's never counts and numbers do not matter.
 */
export function sharedGpu(ground: Ground, asked: Bdf | undefined, had: readonly Bdf[]): Result<SharedGpu> {
  const { pci, verdict } = ground;
  const vf = intelVfs(pci).find(({ bdf }) => bdf === asked);
  if (vf !== undefined)
    return problem('gpu.cannot', `${vf.bdf} is a VF; a container shares the GPU itself.`, {
      hint: `Use --gpu ${vf.pf.bdf}. VFs are for VMs.`,
    });
  const able = intelGpus(pci).flatMap((pf) => sharedBy(ground, pf));
  const wanted = asked === undefined ? able : able.filter(({ pf }) => pf.bdf === asked);
  const known = wanted.filter(({ pf }) => had.includes(pf.bdf));
  const [only] = known.length === 1 ? known : wanted;
  if (only === undefined) return withoutNode(ground, asked);
  if (known.length !== 1 && wanted.length > 1) {
    const list = wanted.map(({ pf, name, render }) => `${pf.bdf} (${name}, ${render.path})`).join(', ');
    return problem('gpu.several', `This node has ${wanted.length} GPUs to share: ${list}.`, {
      hint: 'Choose one with --gpu BDF.',
    });
  }
  return ok({ ...only, name: nameOf(verdict, only.pf.bdf) });
}

function sharedBy({ drm, verdict }: Ground, pf: PciDevice): readonly SharedGpu[] {
  const own = drm.nodes.filter(({ pci }) => pci === pf.bdf);
  const render = own.find(({ name }) => name.startsWith('render'));
  const card = own.find(({ name }) => name.startsWith('card'));
  if (render === undefined) return [];
  return [{ pf, name: nameOf(verdict, pf.bdf), render, ...(card === undefined ? {} : { card }) }];
}

function withoutNode({ verdict, pci }: Ground, asked: Bdf | undefined): Result<SharedGpu> {
  const chosen = selectGpu(verdict, { gpu: asked, mode: 'host' });
  if (!chosen.ok) return chosen;
  const { bdf, name } = chosen.value;
  const driver = intelGpus(pci).find((pf) => pf.bdf === bdf)?.driver ?? null;
  if (driver === 'vfio-pci')
    return problem(
      'gpu.cannot',
      `${bdf} (${name}) is bound to vfio-pci for a VM (gvt-d), so the host has no render node to share with containers.`,
      { hint: 'One GPU is either whole in one VM or shared. pveigpu apply host gives it back to the host.' },
    );
  const why = driver === null ? 'no driver is bound to it' : `${driver} made no render node`;
  return problem('gpu.cannot', `${bdf} (${name}) has no render node to share with containers: ${why}.`, {
    hint: 'pveigpu plan host shows what is missing.',
  });
}

function nameOf(verdict: MachineVerdict, bdf: Bdf): string {
  return verdict.gpus.find((gpu) => gpu.bdf === bdf)?.name ?? 'Intel GPU';
}
