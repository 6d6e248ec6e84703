// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Profile, ProfileDevice, ProfileSource } from '../profile.ts';
import { STANDARD_CONTAINERS, STANDARD_GROUPS, STANDARD_VMS } from './guests.ts';

const MIB = 1024 * 1024;

/** A value that a public report shows. */
export function captured(source: string): ProfileSource {
  return { kind: 'capture', source };
}

/** A value that follows from the catalogue of GPU ids, pci.ids or the kernel's source. */
export function derived(source: string): ProfileSource {
  return { kind: 'derived', source };
}

/** The source of companion devices: their ids are those of pci.ids, their places and groups are usual ones. */
const COMPANION = derived('ids from pci.ids 2026.10.24; address and IOMMU group as usual for the platform');

/** One function beside the GPU. */
export function companion(
  bdf: string,
  id: string,
  classCode: string,
  iommuGroup: number,
  more: Partial<ProfileDevice> = {},
): ProfileDevice {
  const [vendor = '', device = ''] = id.split(':');
  return { bdf, vendor, device, class: classCode, iommuGroup, source: COMPANION, ...more };
}

/** The integrated GPU at 00:02.0 with the windows that all of them have: 16 MiB registers, the aperture, 64 I/O ports. */
export function igpu(
  device: string,
  source: ProfileSource,
  more: Partial<ProfileDevice> & { readonly apertureMiB?: number; readonly high?: boolean } = {},
): ProfileDevice {
  const { apertureMiB = 256, high = true, ...rest } = more;
  return {
    bdf: '0000:00:02.0',
    vendor: '8086',
    device,
    class: '030000',
    revision: '04',
    subsystem: { vendor: '1043', device: '8694' },
    iommuGroup: 0,
    driver: 'i915',
    modules: ['i915', 'xe'],
    bars: [
      { index: 0, start: high ? '0x6000000000' : '0xa0000000', sizeBytes: 16 * MIB },
      { index: 2, start: high ? '0x4000000000' : '0x90000000', sizeBytes: apertureMiB * MIB },
      { index: 4, start: '0x3000', sizeBytes: 64 },
    ],
    resetMethods: ['flr'],
    bootVga: true,
    connectors: { 'HDMI-A-1': 'connected', 'DP-1': 'disconnected' },
    source,
    ...rest,
  };
}

/**
 * The SR-IOV parts of a generation 12 integrated GPU: 7 VFs, offset and stride 1, 16 MiB and 512 MiB a VF
 * (https://github.com/strongtz/i915-sriov-dkms/issues/143 and /issues/303).
 */
export function sriov12(gpu: ProfileDevice, firstGroup: number): ProfileDevice {
  return {
    ...gpu,
    sriov: { totalVfs: 7, offset: 1, stride: 1, firstGroup },
    bars: [
      ...(gpu.bars ?? []),
      { index: 7, start: '0x4010000000', sizeBytes: 7 * 16 * MIB },
      { index: 9, start: '0x4020000000', sizeBytes: 7 * 512 * MIB },
    ],
  };
}

/** Host bridge, USB, management engine, LPC, audio and SMBus of a desktop or laptop chipset, and an NVMe disk. */
export function chipset(ids: {
  readonly host: string;
  readonly lpc: string;
  readonly audio: string;
  readonly smbus: string;
  readonly mei: string;
  readonly audioBdf?: string;
}): readonly ProfileDevice[] {
  return [
    companion('0000:00:00.0', `8086:${ids.host}`, '060000', 1, { resetMethods: [] }),
    companion('0000:00:16.0', `8086:${ids.mei}`, '078000', 6, { driver: 'mei_me', resetMethods: [] }),
    companion('0000:00:1f.0', `8086:${ids.lpc}`, '060100', 14, { resetMethods: [] }),
    companion(ids.audioBdf ?? '0000:00:1f.3', `8086:${ids.audio}`, '040300', ids.audioBdf === undefined ? 14 : 2, {
      driver: 'snd_hda_intel',
      subsystem: { vendor: '1043', device: '8797' },
      resetMethods: [],
    }),
    companion('0000:00:1f.4', `8086:${ids.smbus}`, '0c0500', 14, { driver: 'i801_smbus', resetMethods: [] }),
    companion('0000:01:00.0', '144d:a80a', '010802', 15, {
      driver: 'nvme',
      parent: '0000:00:06.0',
      subsystem: { vendor: '144d', device: 'a801' },
      resetMethods: ['flr', 'bus'],
    }),
    companion('0000:00:06.0', '8086:a74d', '060400', 3, { driver: 'pcieport', resetMethods: [] }),
  ];
}

/** The root of a usual Proxmox VE installation on LVM. */
export const LVM_ROOT = 'root=/dev/mapper/pve-root ro quiet';
/** The root of an installation on ZFS. */
export const ZFS_ROOT = 'root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet';

/** A machine with what most of them share: EFI, an IOMMU, GRUB, the standard guests and QEMU of PVE 9.2. */
export function machine(
  own: Pick<Profile, 'name' | 'title' | 'source' | 'cpuModel' | 'kernelRelease' | 'devices'> & Partial<Profile>,
): Profile {
  return {
    cmdline: LVM_ROOT,
    typical: ['board', 'bios', 'meVersion', 'microcode', 'kernelRelease', 'qemuVersion'],
    efi: true,
    secureBoot: false,
    loader: 'grub',
    iommu: true,
    qemuVersion: '11.0.0',
    vms: STANDARD_VMS,
    containers: STANDARD_CONTAINERS,
    containerGroups: STANDARD_GROUPS,
    // A node that was upgraded once keeps the kernel from before.
    otherKernels: own.kernelRelease.startsWith('7.') ? ['6.17.9-1-pve'] : [],
    ...own,
  };
}
