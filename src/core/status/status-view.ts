// SPDX-License-Identifier: AGPL-3.0-or-later

import { type AssignmentRow, assignmentsView } from '../assign/assignments-view.ts';
import { guestName } from '../assign/guest-keys.ts';
import type { StaleNode } from '../container/stale-nodes.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { gpuName, lookupGpu } from '../gpu/catalogue.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Ledger } from '../plan/ledger.ts';
import { intelGpus } from '../vf/vf.ts';
import { type FunctionRow, unknownSections, vfListView } from '../vf/vf-list-view.ts';
import { type NodeView, nodeView } from './node-view.ts';
import { NO_SIGNS, type RebootSigns, waitingReboot } from './waiting-reboot.ts';

/** One GPU as it is used now. */
export interface GpuStatus {
  readonly bdf: string;
  readonly id: string;
  readonly name: string;
  readonly driver: string | null;
  /** What the node does with it, by what is there: VFs, mediated devices, VFIO on the GPU itself, or its own driver. */
  readonly mode: Mode | 'unused';
  readonly vfs: { readonly existing: number; readonly total: number | null };
  readonly functions: readonly FunctionRow[];
  readonly mdevs: readonly { readonly type: string; readonly uuid: string }[];
}

/** Something that has been decided and takes effect later. */
export interface Waiting {
  readonly until: 'full stop and start' | 'reboot' | 'confirmation';
  readonly text: string;
}

/** The value of `status --json`. */
export interface StatusView {
  readonly format: 1;
  readonly node: NodeView;
  readonly gpus: readonly GpuStatus[];
  readonly assignments: readonly AssignmentRow[];
  /** Entries of containers whose node vanished or is another's now. */
  readonly stale: readonly StaleNode[];
  readonly waiting: readonly Waiting[];
  readonly unknown: readonly string[];
}

/** Node, GPUs, who has what, and what waits; whatever could not be read is named in `unknown`. */
export function statusView(facts: HostFacts, ledger: Ledger, signs: RebootSigns = NO_SIGNS): StatusView {
  const node = nodeView(facts);
  const { assignments, stale } = assignmentsView(facts, ledger);
  return {
    format: 1,
    node,
    gpus: gpuStatuses(facts),
    assignments,
    stale,
    waiting: [...waitingGuests(assignments), ...waitingReboot(signs, node.kernel), ...waitingModules(facts)],
    unknown: unknownSections(facts),
  };
}

function gpuStatuses(facts: HostFacts): readonly GpuStatus[] {
  const pci = ifKnown(facts.pci);
  const lists = vfListView(facts).gpus;
  return (pci === undefined ? [] : intelGpus(pci)).map((gpu) => {
    const entry = lookupGpu(gpu.device);
    const functions = lists.find((list) => list.bdf === gpu.bdf)?.functions ?? [];
    const mdevs = (gpu.mdevTypes ?? []).flatMap((type) => type.devices.map((uuid) => ({ type: type.id, uuid })));
    return {
      bdf: gpu.bdf,
      id: `${gpu.vendor}:${gpu.device}`,
      name: entry === undefined ? 'Intel GPU that is not in the catalogue' : gpuName(entry),
      driver: gpu.driver,
      mode: functions.some(({ vf }) => vf !== null) ? 'sriov' : modeNow(gpu),
      vfs: { existing: gpu.sriov?.vfs.length ?? 0, total: gpu.sriov?.totalVfs ?? null },
      functions,
      mdevs,
    };
  });
}

/** Types of mediated devices are offered only where i915 has GVT-g switched on, used or not. */
function modeNow(gpu: PciDevice): GpuStatus['mode'] {
  if ((gpu.mdevTypes ?? []).length > 0) return 'gvt-g';
  if (gpu.driver === null) return 'unused';
  return gpu.driver === 'vfio-pci' ? 'gvt-d' : 'host';
}

/** Slices that guests get, or give back, with their next full stop and start. */
export function waitingGuests(assignments: readonly AssignmentRow[]): readonly Waiting[] {
  return assignments.flatMap((one): Waiting[] => {
    if (one.state === 'set' || one.running === false) return [];
    const what = one.state === 'pending' ? 'gets' : 'gives back';
    return [{ until: 'full stop and start', text: `${guestName(one)} ${what} ${one.key}: ${one.value}` }];
  });
}

/** A DKMS module is installed for this kernel, but the kernel's own one was loaded: taint has no `O` (kernel tainted-kernels.rst). */
function waitingModules(facts: HostFacts): readonly Waiting[] {
  return (ifKnown(facts.modules)?.modules ?? []).flatMap((module): Waiting[] => {
    const isOther = module.loaded && module.origin === 'dkms' && module.taint !== undefined && !module.taint.includes('O');
    return isOther
      ? [{ until: 'reboot', text: `${module.name} from DKMS is installed, but the kernel's own ${module.name} runs` }]
      : [];
  });
}
