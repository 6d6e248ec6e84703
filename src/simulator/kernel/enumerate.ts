// SPDX-License-Identifier: AGPL-3.0-or-later
import { lookupGpu } from '../../core/gpu/catalogue.ts';
import type { ProfileDevice } from '../profile.ts';
import { probeDevice } from './bus.ts';
import { freeGroup, joinGroup } from './iommu-groups.ts';
import type { KernelState, SimDevice } from './state.ts';
import { refreshDevice, showDevice } from './sysfs-pci.ts';

/** Finds the functions of the profile that are not there yet, in bus order, and offers each to the drivers. */
export function enumerate(state: KernelState): void {
  const missing = state.profile.devices.filter((device) => !state.devices.has(device.bdf));
  for (const profile of [...missing].sort((a, b) => (a.bdf < b.bdf ? -1 : 1))) addFunction(state, profile);
  // A driver registered earlier may take a function that came back.
  for (const profile of missing) {
    const device = state.devices.get(profile.bdf);
    if (device !== undefined) probeDevice(state, device);
  }
}

function addFunction(state: KernelState, profile: ProfileDevice): void {
  const { sriov } = profile;
  const device: SimDevice = {
    bdf: profile.bdf,
    path: pathOf(state, profile),
    profile,
    driver: null,
    driverOverride: null,
    iommuGroup: state.iommu ? groupOf(state, profile) : null,
    ...(sriov === undefined
      ? {}
      : {
          sriov: {
            hardwareTotal: sriov.totalVfs,
            driverMax: sriov.totalVfs,
            numVfs: 0,
            autoprobe: true,
            offset: sriov.offset,
            stride: sriov.stride,
            vfs: new Map(),
          },
        }),
  };
  state.devices.set(device.bdf, device);
  logFunction(state, device);
  showDevice(state, device);
  if (device.iommuGroup !== null) {
    joinGroup(state, device.iommuGroup, device.bdf, device.path);
    state.log(`pci ${device.bdf}: Adding to iommu group ${device.iommuGroup}`);
  }
  refreshDevice(state, device);
}

function pathOf(state: KernelState, profile: ProfileDevice): string {
  const [domain = '0000'] = profile.bdf.split(':');
  const parent = profile.parent === undefined ? undefined : state.devices.get(profile.parent);
  return `${parent?.path ?? `/sys/devices/pci${domain}:00`}/${profile.bdf}`;
}

/** A device outside the IOMMU (`igfx_off`, the Broadwell quirk) has no group. */
function groupOf(state: KernelState, profile: ProfileDevice): number | null {
  const display = profile.class.startsWith('03') && profile.bdf.endsWith(':02.0');
  if (display && profile.vendor === '8086' && lookupGpu(profile.device)?.platform === 'BDW') {
    // Every Broadwell id hits the quirk (kernel drivers/iommu/intel/iommu.c, quirk_iommu_igfx).
    state.log(`pci ${profile.bdf}: DMAR: Disabling IOMMU for graphics on this chipset`);
    return null;
  }
  if (display && /\bintel_iommu=\S*(igfx_off|intgpu_off)\b/.test(state.cmdline)) return null;
  return profile.iommuGroup ?? freeGroup(state, 0);
}

function logFunction(state: KernelState, device: SimDevice): void {
  const { profile, bdf } = device;
  const place = profile.bdf.startsWith('0000:00:') ? 'PCIe Root Complex Integrated Endpoint' : 'PCIe Endpoint';
  state.log(`pci ${bdf}: [${profile.vendor}:${profile.device}] type 00 class 0x${profile.class} ${place}`);
  if (!profile.class.startsWith('03')) return;
  for (const bar of profile.bars ?? []) {
    const [label, index] = bar.index >= 7 ? ['VF BAR', bar.index - 7] : ['BAR', bar.index];
    const end = BigInt(bar.start) + BigInt(bar.sizeBytes) - 1n;
    const form = bar.sizeBytes <= 256 ? 'io ' : 'mem';
    const flags = bar.sizeBytes <= 256 ? '' : ` 64bit${index === 2 ? ' pref' : ''}`;
    const suffix = bar.index >= 7 ? `: contains BAR ${index} for ${profile.sriov?.totalVfs} VFs` : '';
    const hex = (value: bigint) => value.toString(16).padStart(form === 'mem' ? 8 : 4, '0');
    state.log(`pci ${bdf}: ${label} ${index} [${form} 0x${hex(BigInt(bar.start))}-0x${hex(end)}${flags}]${suffix}`);
  }
  if (profile.bootVga === true) state.log(`pci ${bdf}: vgaarb: setting as boot VGA device`);
}
