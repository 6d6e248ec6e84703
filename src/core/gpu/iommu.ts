// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { cmdlineEvidence, type GpuCase, logEvidence, reason } from './gpu-case.ts';
import type { Reason } from './verdict.ts';

/** What stands between a GPU and the IOMMU. */
export interface IommuObstacle {
  /** `firmware`: the person has to change it; `parameter`: a kernel parameter; `unknown`: it could not be read. */
  readonly kind: 'firmware' | 'parameter' | 'unknown';
  readonly reason: Reason;
  readonly need: string;
}

const IOMMUS = '/sys/class/iommu';
const IOMMU_OFF = /^(intel_iommu=.*\boff\b|iommu=off)/;
// drivers/iommu/iommu.c, drivers/iommu/intel/iommu.c and i915's intel_device_info.c.
const IN_USE = /Adding to iommu group|Virtualization Technology for Directed I\/O|VT-d active for gfx access/;
const GRAPHICS_OFF = /^intel_iommu=.*(igfx_off|intgpu_off)/;

/** Why a GPU has no working IOMMU, or undefined when it has. PVE needs one for mediated devices too (PCI.pm). */
export function iommuObstacle({ facts, device }: Pick<GpuCase, 'facts' | 'device'>): IommuObstacle | undefined {
  const platform = ifKnown(facts.platform);
  if (platform === undefined) {
    if (device.iommuGroup !== null || logEvidence({ facts, device }, IN_USE) !== undefined) return undefined;
    const text = 'It is not known whether an IOMMU is in use.';
    return { kind: 'unknown', reason: reason('iommu.unknown', text), need: 'Look whether /sys/class/iommu holds anything.' };
  }
  if (platform.iommus.length === 0) return noIommu(facts, platform.dmarTable);
  const graphicsOff = cmdlineEvidence(facts, GRAPHICS_OFF);
  if (graphicsOff === undefined || device.iommuGroup !== null) return undefined;
  const text = 'The kernel command line takes the graphics out of the IOMMU.';
  return {
    kind: 'parameter',
    reason: reason('iommu.graphics-off', text, graphicsOff),
    need: `Remove ${graphicsOff.value} from the kernel command line and reboot.`,
  };
}

function noIommu(facts: GpuCase['facts'], dmarTable: boolean): IommuObstacle {
  const empty = { source: IOMMUS, value: 'empty' };
  const off = cmdlineEvidence(facts, IOMMU_OFF);
  if (off !== undefined) {
    const text = 'The IOMMU is switched off on the kernel command line.';
    const need = `Remove ${off.value} from the kernel command line and reboot.`;
    return { kind: 'parameter', reason: reason('iommu.off-by-parameter', text, empty, off), need };
  }
  if (dmarTable) {
    const table = { source: '/sys/firmware/acpi/tables/DMAR', value: 'present' };
    const text = 'The firmware offers VT-d, but the kernel does not use it.';
    const need = 'Add intel_iommu=on to the kernel command line and reboot.';
    return { kind: 'parameter', reason: reason('iommu.not-used', text, empty, table), need };
  }
  const table = { source: '/sys/firmware/acpi/tables/DMAR', value: 'absent' };
  const text = 'No IOMMU is in use, and the firmware offers none: VT-d is switched off, or the board has none.';
  const need = 'Switch on VT-d (Intel Virtualization Technology for Directed I/O) in the firmware set-up.';
  const noDevices = logEvidence({ facts, device: NO_DEVICE }, /DMAR: No DMAR devices found/);
  return { kind: 'firmware', reason: reason('iommu.off-in-firmware', text, empty, table, noDevices), need };
}

const NO_DEVICE = { bdf: '' } as GpuCase['device'];
