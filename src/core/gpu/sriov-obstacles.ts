// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { attribute, fromCatalogue, type GpuCase, logLines, reason } from './gpu-case.ts';
import type { Evidence, Reason } from './verdict.ts';

/** Something that no driver can mend: it needs the firmware, or nothing helps. */
export interface SriovObstacle {
  readonly reason: Reason;
  readonly needs: readonly string[];
}

// drivers/pci/iov.c: the core's refusals; xe_pci_sriov.c and i915_sriov.c: the drivers' echo of them.
const NO_MMIO = /not enough MMIO resources for SR-IOV|SR-IOV: IOV BARS not allocated|Failed to enable \d+ VFs \(-ENOMEM\)/;
// The drivers' word that VFs came into being: i915_sriov.c `Enabled 7 VFs`, xe_pci_sriov.c `Enabled 7 of 7 VFs`.
const ENABLED = /\bEnabled [1-9]\d*( of \d+)? VFs?\b/;
const FIRST_VF_BAR = 7;
const MMIO_NEEDS = [
  'In the firmware set-up, switch on Above 4G Decoding (large or 64-bit MMIO) and SR-IOV, then update the BIOS.',
  'If the firmware has no such switch, try the kernel parameter pci=realloc.',
];

/** Whether the capability is there and its VFs got address space; undefined when nothing stands in the way. */
export function sriovObstacle(gpu: GpuCase): SriovObstacle | undefined {
  return missingCapability(gpu) ?? missingSpace(gpu);
}

function missingCapability({ device, entry }: GpuCase): SriovObstacle | undefined {
  if (device.sriov !== undefined) return undefined;
  const file = attribute(device, 'sriov_totalvfs', 'absent');
  if (ifKnown(device.sriovCapability) === true) {
    const text = 'The GPU has the SR-IOV capability, but the kernel could not set it up.';
    const config = attribute(device, 'config', 'extended capability 0x0010 present');
    return { reason: reason('sriov.not-initialised', text, file, config), needs: MMIO_NEEDS };
  }
  const config =
    device.sriovCapability.state === 'known' ? attribute(device, 'config', 'no extended capability 0x0010') : undefined;
  if (entry.kind === 'discrete') {
    const pro = entry.platform === 'BMG' ? ' Intel gives it to Arc Pro boards only.' : '';
    const text = `The driver knows SR-IOV for this id, but this card shows no SR-IOV capability.${pro}`;
    return { reason: reason('sriov.no-capability', text, file, config, fromCatalogue(entry, 'has_sriov')), needs: [] };
  }
  const text = 'The GPU shows no SR-IOV capability: the firmware has not enabled it.';
  const needs = ['Switch on SR-IOV in the firmware set-up where there is such a switch, and update the BIOS.'];
  return { reason: reason('sriov.no-capability', text, file, config), needs };
}

function missingSpace(gpu: GpuCase): SriovObstacle | undefined {
  const bars = gpu.device.bars.filter((bar) => bar.index >= FIRST_VF_BAR && bar.sizeBytes > 0);
  const unplaced = bars.find((bar) => /^(0x)?0*$/.test(bar.start));
  const areAllPlaced = bars.length > 0 && unplaced === undefined;
  // A failure of one moment: windows with addresses say more than what the log kept of it.
  const log = areAllPlaced ? undefined : lastWordOfNoSpace(gpu);
  if (log !== undefined) {
    const text = 'The firmware gave the VFs no address space (MMIO), so the kernel cannot create them.';
    return { reason: reason('sriov.no-mmio', text, log), needs: MMIO_NEEDS };
  }
  if (unplaced === undefined) return undefined;
  const line = attribute(gpu.device, 'resource', `VF BAR ${unplaced.index - FIRST_VF_BAR}: ${unplaced.sizeBytes} bytes at 0`);
  const text = 'A window of the VFs has no address, so the kernel cannot create them.';
  return { reason: reason('sriov.vf-bars-unplaced', text, line), needs: MMIO_NEEDS };
}

/** The last refusal for want of address space, unless the driver enabled VFs since. */
function lastWordOfNoSpace(gpu: GpuCase): Evidence | undefined {
  const line = logLines(gpu)
    .filter((one) => NO_MMIO.test(one) || ENABLED.test(one))
    .pop();
  return line === undefined || ENABLED.test(line) ? undefined : { source: 'kernel log', value: line.trim() };
}
