// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, assignmentsOf, groundOf } from '../assign/assignments.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import type { Ledger } from '../plan/ledger.ts';
import { intelGpus, intelVfs } from '../vf/vf.ts';

/** What of a GPU a guest sees: one of its VFs, a mediated device, the whole, or its render node. */
export type SliceKind = 'vf' | 'mdev' | 'gpu' | 'render';

/** One slice as it matters inside the guest. */
export interface InsideSlice {
  readonly kind: SliceKind;
  /** The key of the guest's configuration. */
  readonly key: string;
  /** The GPU's own id, four hex digits: drivers are told by it. */
  readonly device: string;
}

/** The first slice that the guest has from its next start on; undefined when it has none, or the GPU is not there. */
export function insideSlice(guest: Guest, facts: HostFacts, ledger: Ledger): InsideSlice | undefined {
  const ground = groundOf(facts);
  for (const one of assignmentsOf(guest, ground, ledger)) {
    if (one.state === 'leaving') continue;
    const gpu = gpuOf(one, intelGpus(ground.pci), facts);
    if (gpu !== undefined) return { kind: kindOf(one, gpu), key: one.key, device: gpu.device };
  }
  return undefined;
}

function gpuOf({ devices }: Assignment, gpus: readonly PciDevice[], facts: HostFacts): PciDevice | undefined {
  const vf = intelVfs(groundOf(facts).pci).find(({ bdf }) => devices.includes(bdf));
  // An empty pool and a render node name no function; most nodes have one Intel GPU only.
  return vf?.pf ?? gpus.find(({ bdf }) => devices.includes(bdf)) ?? gpus[0];
}

function kindOf({ form, devices }: Assignment, gpu: PciDevice): SliceKind {
  if (form === 'mdev' || form === 'render') return form;
  if (form === 'pf') return 'gpu';
  return form === 'args' && devices.includes(gpu.bdf) ? 'gpu' : 'vf';
}
