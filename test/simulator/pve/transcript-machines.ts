// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Profile, ProfileDevice, ProfileSource } from '../../../src/simulator/profile.ts';

const SOURCE: ProfileSource = { kind: 'derived', source: 'the machine on which the calls were recorded (Proxmox VE 9.2.11)' };

const ids = (text: string) => ({ vendor: text.slice(0, 4), device: text.slice(5) });

function device(
  bdf: string,
  id: string,
  subsystem: string,
  more: Pick<ProfileDevice, 'class'> & Partial<ProfileDevice>,
): ProfileDevice {
  return { bdf, ...ids(id), subsystem: ids(subsystem), source: SOURCE, ...more };
}

const PCI_IDS = `8086  Intel Corporation
\t4660  12th Gen Core Processor Host Bridge/DRAM Registers
\t4680  AlderLake-S GT1
\t5912  HD Graphics 630
\t\t1043 8694  H110I-PLUS Motherboard
\t7a84  Z690 Chipset LPC/eSPI Controller
\t7ad0  Alder Lake-S HD Audio Controller
\t7ae0  Alder Lake-S PCH USB 3.2 Gen 2x2 XHCI Controller
\ta2f0  200 Series PCH HD Audio
1043  ASUSTeK Computer Inc.
144d  Samsung Electronics Co Ltd
\ta80a  NVMe SSD Controller PM9A1/PM9A3/980PRO
\t\t144d a801  SSD 980 PRO
`;

const COMMON = {
  source: SOURCE,
  kernelRelease: '6.14.11-4-pve',
  cmdline: 'root=/dev/mapper/pve-root ro quiet',
  efi: true,
  loader: 'grub',
  iommu: true,
  qemuVersion: '11.0.2',
  vms: {},
  files: { '/usr/share/misc/pci.ids': PCI_IDS },
} as const;

const ADL: Profile = {
  ...COMMON,
  name: 'transcript-adl',
  title: 'Alder Lake-S with seven VFs',
  cpuModel: '12th Gen Intel(R) Core(TM) i5-12400',
  dkms: { version: '2025.07.22', modules: ['i915'] },
  moduleOptions: { i915: { enable_guc: '3', max_vfs: '7' } },
  devices: [
    device('0000:00:00.0', '8086:4660', '1043:8694', { class: '060000', iommuGroup: 1 }),
    device('0000:00:02.0', '8086:4680', '1043:8694', {
      class: '030000',
      iommuGroup: 0,
      driver: 'i915',
      modules: ['i915', 'xe'],
      sriov: { totalVfs: 7, offset: 1, stride: 1, firstGroup: 20 },
      bars: [
        { index: 0, start: '0x6000000000', sizeBytes: 16 * 1024 * 1024 },
        { index: 2, start: '0x4000000000', sizeBytes: 256 * 1024 * 1024 },
        { index: 7, start: '0x4010000000', sizeBytes: 7 * 16 * 1024 * 1024 },
        { index: 9, start: '0x4020000000', sizeBytes: 7 * 512 * 1024 * 1024 },
      ],
      bootVga: true,
    }),
    device('0000:00:14.0', '8086:7ae0', '1043:8694', { class: '0c0330', iommuGroup: 5 }),
    device('0000:00:1f.0', '8086:7a84', '1043:8694', { class: '060100', iommuGroup: 14 }),
    device('0000:00:1f.3', '8086:7ad0', '1043:8797', { class: '040300', iommuGroup: 14, driver: 'snd_hda_intel' }),
    device('0000:01:00.0', '144d:a80a', '144d:a801', { class: '010802', iommuGroup: 15 }),
  ],
};

const KBL: Profile = {
  ...COMMON,
  name: 'transcript-kbl-gvtg',
  title: 'Kaby Lake with GVT-g',
  cpuModel: 'Intel(R) Core(TM) i5-7500 CPU @ 3.40GHz',
  moduleOptions: { i915: { enable_gvt: '1' } },
  devices: [
    device('0000:00:02.0', '8086:5912', '1043:8694', {
      class: '030000',
      iommuGroup: 1,
      driver: 'i915',
      modules: ['i915'],
      gvtg: { apertureMiB: 256 },
      bootVga: true,
    }),
    device('0000:00:1f.3', '8086:a2f0', '0000:0000', { class: '040300', iommuGroup: 8 }),
  ],
};

/** The machines on which the transcripts were recorded, by the name that they give. */
export const MACHINES: { readonly [name: string]: Profile } = {
  adl: ADL,
  'adl-no-iommu': { ...ADL, iommu: false },
  'kbl-gvtg': KBL,
};
