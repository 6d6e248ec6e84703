// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { GpuVerdict, Mode } from '../gpu/verdict.ts';
import type { Remark } from '../plan/action.ts';
import type { DesiredGpu } from '../plan/desired.ts';
import type { SetupCase } from './wanted.ts';

/** Reasons of the verdict that somebody should know before a mode is set up: what is lost, and what is young. */
const WORTH_SAYING: readonly string[] = [
  'gvtd.host-loses-display',
  'gvtd.group-shared',
  'gvtd.not-primary',
  'gvtg.linux-only',
  'sriov.flag-withdrawn',
  'sriov.older-way',
  'sriov.host-driver-on-vfs',
];

/** What a person should know of the mode, in few sentences. */
export function modeRemarks(
  gpu: GpuVerdict,
  device: PciDevice,
  own: SetupCase,
  wish: DesiredGpu,
  isAuto: boolean,
): readonly Remark[] {
  const { mode } = wish;
  const auto: readonly Remark[] = isAuto
    ? [{ level: 'note', id: 'setup.auto', text: `${MEANS[mode]} is what we would choose here: ${gpu.recommendedBecause}` }]
    : [];
  const isYoung = own.backend?.young === true;
  const reasons = modeOf(gpu, mode).reasons.filter(
    ({ id }) => WORTH_SAYING.includes(id) && (isYoung || id !== 'sriov.older-way'),
  );
  const said = reasons.map(({ id, text }): Remark => ({ level: 'note', id: `setup.${id}`, text }));
  if (mode !== 'sriov') return [...auto, ...said];
  return [...auto, ...young(own), ...said, ...vfCount(gpu, device, wish)];
}

const MEANS: { readonly [M in Mode]: string } = {
  host: 'Keeping the GPU for the host and its containers (host)',
  sriov: 'Splitting the GPU into VFs (sriov)',
  'gvt-g': 'Mediated devices (gvt-g)',
  'gvt-d': 'The whole GPU for one guest (gvt-d)',
};

function young({ backend, release, entry }: SetupCase): readonly Remark[] {
  if (backend?.backend !== 'xe' || !backend.young) return [];
  const text = `The xe driver of kernel ${release} gives the VFs, without DKMS. It is young for ${entry.codename}: it takes this GPU only when told to.`;
  return [{ level: 'note', id: 'setup.young-driver', text }];
}

/** The number is explained when it is chosen for the first time. */
function vfCount(gpu: GpuVerdict, device: PciDevice, { numVfs }: DesiredGpu): readonly Remark[] {
  if ((device.sriov?.vfs.length ?? 0) > 0) return [];
  const { maxVfs } = modeOf(gpu, 'sriov');
  const count = numVfs ?? maxVfs;
  const which = numVfs === undefined ? `all ${maxVfs ?? ''} VFs`.replace('  ', ' ') : `${numVfs} of ${maxVfs ?? 'its'} VFs`;
  const text = `The GPU gets ${which}, one for each guest that runs at the same time${count === 1 ? '' : '; they share its time and memory'}.`;
  return [
    { level: 'note', id: 'setup.vf-count', text, hint: 'Another number is --vfs N; a later change stops the guests with VFs.' },
  ];
}
