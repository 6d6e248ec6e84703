// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';
import type { GpuVerdict, MachineVerdict, Mode } from './verdict.ts';

/** What to type when a mode works already: a guest gets a slice, which makes VFs where there are none. */
const ASSIGN: { readonly [M in Mode]: string } = {
  host: 'pveigpu assign CTID',
  sriov: 'pveigpu assign VMID',
  'gvt-g': 'pveigpu assign VMID --mode gvt-g',
  'gvt-d': 'pveigpu assign VMID --mode gvt-d',
};

/** The command that follows from the advice for each Intel GPU, or `only` for one; none for a GPU with which nothing can be done. */
export function nextSteps({ gpus }: MachineVerdict, only?: Bdf): readonly string[] {
  const own = gpus.filter(({ vendor }) => vendor === '8086');
  return own.flatMap((gpu) => {
    const command = only === undefined || gpu.bdf === only ? nextFor(gpu) : undefined;
    return command === undefined ? [] : [own.length > 1 ? `${command} --gpu ${gpu.bdf}` : command];
  });
}

function nextFor({ modes, recommended }: GpuVerdict): string | undefined {
  const advised = modes.find(({ mode }) => mode === recommended);
  if (advised?.answer !== 'yes') return undefined;
  return advised.readiness === 'now' ? ASSIGN[recommended] : `pveigpu apply ${recommended}`;
}
