// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { wholeDisplays } from '../vf/whole-displays.ts';
import type { Mode, ModeVerdict } from './verdict.ts';

export interface Recommendation {
  readonly recommended: Mode;
  readonly recommendedBecause: string;
}

/** Picks the mode that serves most guests, and says why. */
export function recommend(facts: HostFacts, device: PciDevice, modes: readonly ModeVerdict[]): Recommendation {
  const of = (mode: Mode) => modes.find((verdict) => verdict.mode === mode);
  const sriov = of('sriov');
  if (sriov?.answer === 'yes') return { recommended: 'sriov', recommendedBecause: whySriov(sriov) };
  const gvtg = of('gvt-g');
  if (gvtg?.answer === 'yes' && !has(gvtg, 'gvtg.linux-only')) {
    const why = 'several VMs can each have a slice of the GPU, and the host and containers keep it.';
    return { recommended: 'gvt-g', recommendedBecause: why };
  }
  const gvtd = of('gvt-d');
  if (gvtd?.answer === 'yes' && device.driver === 'vfio-pci') {
    const otherwise =
      gvtg?.answer === 'yes' ? 'GVT-g could share it between Linux guests only.' : 'it cannot be shared between VMs.';
    return { recommended: 'gvt-d', recommendedBecause: `the GPU is set aside for one VM already, and ${otherwise}` };
  }
  const pci = ifKnown(facts.pci);
  const others = (pci === undefined ? [] : wholeDisplays(pci)).filter((other) => other.bdf !== device.bdf);
  if (gvtd?.answer === 'yes' && others.length > 0 && device.bootVga !== true) {
    return {
      recommended: 'gvt-d',
      recommendedBecause: 'the node has another display for itself, so one VM can have this GPU whole.',
    };
  }
  return { recommended: 'host', recommendedBecause: whyHost(gvtd) };
}

function whySriov(sriov: ModeVerdict): string {
  if (sriov.maxVfs === 1) return 'one VM can have a VF, and the host and containers keep the GPU.';
  const change = has(sriov, 'sriov.flag-withdrawn')
    ? ' Change to the i915 of i915-sriov-dkms: its xe was withdrawn for this GPU.'
    : '';
  const many = sriov.maxVfs === undefined ? 'several VMs' : `up to ${sriov.maxVfs} VMs`;
  return `${many} can each have a VF, and the host and containers keep the GPU.${change}`;
}

function whyHost(gvtd: ModeVerdict | undefined): string {
  const shared = 'containers can share the GPU, for example for transcoding.';
  const whole = gvtd?.answer === 'yes' ? ' Choose gvt-d instead if exactly one VM needs it.' : '';
  return `${shared}${whole}`;
}

function has(verdict: ModeVerdict, id: string): boolean {
  return verdict.reasons.some((item) => item.id === id);
}
