// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { apertureMiB } from '../mdev/aperture.ts';
import { intelGpus } from '../vf/vf.ts';
import { wholeDisplays } from '../vf/whole-displays.ts';

/** A switch of the firmware set-up, as far as the running system shows it: no program can read the switch itself. */
export interface FirmwareSwitch {
  readonly name: string;
  /** The GPU that it is about, where a machine has several. */
  readonly gpu?: string;
  /** `on`, `off`, `none` (the hardware has no such thing), `unknown`, or a value such as `256 MiB`. */
  readonly setting: string;
  /** How that is known, or why it is not. */
  readonly because: string;
}

/** The switches of the firmware set-up on which the modes of a GPU rest. */
export function firmwareSwitches(facts: HostFacts): readonly FirmwareSwitch[] {
  const pci = ifKnown(facts.pci);
  if (pci === undefined) return [vtd(facts)];
  const gpus = intelGpus(pci);
  const ofGpus = gpus.flatMap((gpu) => {
    const entry = lookupGpu(gpu.device);
    const found = [sriov(gpu, entry), above4g(gpu), ...aperture(gpu, entry)];
    return gpus.length === 1 ? found : found.map((one) => ({ ...one, gpu: gpu.bdf }));
  });
  return [vtd(facts), ...ofGpus, primaryDisplay(wholeDisplays(pci))];
}

/** The DMAR table is there exactly when the firmware offers VT-d, whatever the kernel makes of it (kernel drivers/iommu/intel/dmar.c). */
function vtd(facts: HostFacts): FirmwareSwitch {
  const name = 'VT-d';
  const platform = ifKnown(facts.platform);
  if (platform === undefined) return { name, setting: 'unknown', because: notKnown(facts.platform) };
  const [unit] = platform.iommus;
  if (unit !== undefined) return { name, setting: 'on', because: `/sys/class/iommu has ${unit}` };
  if (platform.dmarTable) return { name, setting: 'on', because: 'the DMAR table is there; the kernel uses no IOMMU' };
  return { name, setting: 'off', because: 'no DMAR table, and /sys/class/iommu is empty' };
}

function notKnown(section: HostFacts['platform']): string {
  return section.state === 'unknown' ? section.reason : 'the firmware was not looked at';
}

function sriov(gpu: PciDevice, entry: CatalogueEntry | undefined): FirmwareSwitch {
  const name = 'SR-IOV';
  if (gpu.sriov !== undefined)
    return { name, setting: 'on', because: `the capability is there, sriov_totalvfs is ${gpu.sriov.totalVfs}` };
  if (entry === undefined) return { name, setting: 'unknown', because: `${gpu.vendor}:${gpu.device} is not in the catalogue` };
  const { i915Dkms, xeDkms, xeMainlineSince } = entry.sriov;
  if (!i915Dkms && !xeDkms && xeMainlineSince === false)
    return { name, setting: 'none', because: `no driver has SR-IOV for ${entry.codename}` };
  if (gpu.sriovCapability.state !== 'known')
    return { name, setting: 'unknown', because: 'its config space is hidden; run it as root' };
  if (gpu.sriovCapability.value) return { name, setting: 'on', because: 'its config space has the capability' };
  const because = 'its config space has no SR-IOV capability';
  return { name, setting: entry.kind === 'discrete' ? 'none' : 'off', because };
}

const FIRST_VF_BAR = 7;
const HIGH = 0x1_0000_0000n;

function above4g({ bars }: PciDevice): FirmwareSwitch {
  const name = 'Above 4G decoding';
  const high = bars.find(({ start, sizeBytes }) => sizeBytes > 0 && BigInt(start) >= HIGH);
  const unplaced = bars.find(({ index, start, sizeBytes }) => index >= FIRST_VF_BAR && sizeBytes > 0 && BigInt(start) === 0n);
  const homeless = unplaced === undefined ? '' : `${windowName(unplaced.index)} of ${mib(unplaced.sizeBytes)} found no place`;
  if (high !== undefined) {
    const where = `${windowName(high.index)} lies at ${high.start}`;
    return { name, setting: 'on', because: homeless === '' ? where : `${where}, yet ${homeless}` };
  }
  if (homeless !== '') return { name, setting: 'off', because: homeless };
  return { name, setting: 'unknown', because: 'no window of the GPU lies above 4 GiB' };
}

function windowName(index: number): string {
  return index >= FIRST_VF_BAR ? `VF BAR ${index - FIRST_VF_BAR}` : `BAR ${index}`;
}

/** From graphics version 12.70 (Meteor Lake) on BAR 2 is stolen memory and no aperture (kernel drivers/gpu/drm/i915/i915_pci.c). */
function aperture(gpu: PciDevice, entry: CatalogueEntry | undefined): readonly FirmwareSwitch[] {
  const version = Number(entry?.graphicsVersion);
  if (entry?.kind !== 'integrated' || !(version < 12.7)) return [];
  const size = apertureMiB(gpu);
  if (size === undefined) return [{ name: 'Aperture size', setting: 'unknown', because: 'BAR 2 has no size' }];
  return [{ name: 'Aperture size', setting: `${size} MiB`, because: 'size of BAR 2' }];
}

/** The kernel's `boot_vga` is the display that the firmware set up (kernel drivers/pci/vgaarb.c). */
function primaryDisplay(displays: readonly PciDevice[]): FirmwareSwitch {
  const name = 'Primary display';
  const boot = displays.find(({ bootVga }) => bootVga === true);
  if (boot === undefined) return { name, setting: 'unknown', because: 'no display has boot_vga 1' };
  const is = boot.vendor === '8086' ? 'Intel GPU' : 'other card';
  return { name, setting: is, because: `boot_vga of ${boot.bdf} is 1` };
}

function mib(sizeBytes: number): string {
  return `${Math.round(sizeBytes / 1024 / 1024)} MiB`;
}
