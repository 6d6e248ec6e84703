// SPDX-License-Identifier: AGPL-3.0-or-later
import { captured, chipset, companion, derived, igpu, LVM_ROOT, machine, ZFS_ROOT } from './parts.ts';

/** Broadwell: GVT-g only; the kernel keeps its GPU out of the IOMMU. */
export const BROADWELL = machine({
  name: 'broadwell',
  title: 'Core i5-5300U, HD Graphics 5500 (Broadwell)',
  source: derived('catalogue id 1616; kernel drivers/iommu/intel/iommu.c quirk_iommu_igfx'),
  cpuModel: 'Intel(R) Core(TM) i5-5300U CPU @ 2.30GHz',
  microcode: '0x2f',
  meVersion: '10.0.60.3000',
  board: { vendor: 'Intel corporation', name: 'NUC5i5MYBE', product: 'NUC5i5MYHE' },
  bios: { version: 'MYBDWi5v.86A.0055.2020.0921.1351', date: '09/21/2020' },
  kernelRelease: '6.17.2-1-pve',
  // Legacy BIOS on ZFS: GRUB on the partition that proxmox-boot-tool fills.
  efi: false,
  loader: 'pbt-grub',
  cmdline: `${ZFS_ROOT} intel_iommu=on`,
  files: { '/etc/default/grub.d/installer.cfg': 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX consoleblank=600"' },
  qemuVersion: '10.1.2',
  devices: [
    igpu('1616', derived('catalogue id 1616, 256 MiB aperture'), {
      revision: '09',
      high: false,
      subsystem: { vendor: '8086', device: '2057' },
      modules: ['i915'],
      gvtg: { apertureMiB: 256 },
    }),
    ...chipset({ host: '1604', lpc: '9cc3', audio: '160c', smbus: '9ca2', mei: '9cba', audioBdf: '0000:00:03.0' }),
  ],
});

/** Coffee Lake with GVT-g set up and a 256 MiB aperture: one V5_4 or two V5_8. */
export const COFFEE_LAKE = machine({
  name: 'coffee-lake',
  title: 'Core i7-8700, UHD Graphics 630 (Coffee Lake), GVT-g set up',
  source: captured('https://github.com/intel/gvt-linux/issues/75'),
  cpuModel: 'Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz',
  microcode: '0xfa',
  meVersion: '12.0.93.2323',
  board: { vendor: 'HP', name: '83E1', product: 'HP EliteDesk 800 G4 SFF' },
  bios: { version: 'Q01 Ver. 02.25.00', date: '07/27/2023' },
  kernelRelease: '6.17.9-1-pve',
  qemuVersion: '10.1.2',
  moduleOptions: { i915: { enable_gvt: '1' } },
  files: { '/etc/modules': 'kvmgt\n' },
  devices: [
    igpu('3e92', captured('https://github.com/intel/gvt-linux/issues/75'), {
      revision: '00',
      high: false,
      subsystem: { vendor: '103c', device: '83e1' },
      modules: ['i915'],
      gvtg: { apertureMiB: 256 },
    }),
    ...chipset({ host: '3ec2', lpc: 'a306', audio: 'a348', smbus: 'a323', mei: 'a360' }),
  ],
});

/** Comet Lake on a 500-series board, untouched. */
export const COMET_LAKE = machine({
  name: 'comet-lake',
  title: 'Core i3-10100T, UHD Graphics 630 (Comet Lake)',
  source: captured('https://github.com/LongQT-sea/intel-igpu-passthru/issues/20'),
  cpuModel: 'Intel(R) Core(TM) i3-10100T CPU @ 3.00GHz',
  microcode: '0xfc',
  meVersion: '15.0.47.2521',
  board: { vendor: 'ASRock', name: 'H510M-HDV', product: 'H510M-HDV' },
  bios: { version: 'P1.60', date: '06/02/2022' },
  kernelRelease: '7.0.14-12-pve',
  devices: [
    igpu('9bc8', captured('https://github.com/LongQT-sea/intel-igpu-passthru/issues/20'), {
      revision: '03',
      high: false,
      subsystem: { vendor: '1849', device: '9bc8' },
      modules: ['i915'],
      gvtg: { apertureMiB: 256 },
    }),
    ...chipset({ host: '9b63', lpc: '4388', audio: 'f0c8', smbus: '43a3', mei: '43e0' }),
  ],
});

const NUC6 =
  'https://github.com/projectacrn/acrn-hypervisor/blob/6d9ff40183d94cee4ccb7ceca0e13db7c00b4c1c/misc/acrn-config/xmls/board-xmls/nuc6cayh.xml';

/** The NUC6CAYH: Apollo Lake. */
export const APOLLO_LAKE = machine({
  name: 'apollo-lake',
  title: 'NUC6CAYH, Celeron J3455, HD Graphics 500 (Apollo Lake)',
  source: captured(NUC6),
  typical: ['microcode', 'kernelRelease', 'qemuVersion'],
  cpuModel: 'Intel(R) Celeron(R) CPU J3455 @ 1.50GHz',
  microcode: '0x28',
  // First line of https://github.com/fwupd/fwupd/issues/2184
  meVersion: '3.1.55.2269',
  board: { vendor: 'Intel Corporation', name: 'NUC6CAYB', product: 'NUC6CAYH' },
  bios: { version: 'AYAPLCEL.86A.0063.2019.0621.1450', date: '06/21/2019' },
  kernelRelease: '6.17.9-1-pve',
  earlyGraphics: false,
  qemuVersion: '10.1.2',
  devices: [
    igpu('5a85', captured(NUC6), {
      revision: '0b',
      subsystem: { vendor: '8086', device: '2212' },
      modules: ['i915'],
      gvtg: { apertureMiB: 256 },
      bars: [
        { index: 0, start: '0x90000000', sizeBytes: 0x1000000 },
        { index: 2, start: '0x80000000', sizeBytes: 0x10000000 },
        { index: 4, start: '0xf000', sizeBytes: 64 },
      ],
    }),
    companion('0000:00:00.0', '8086:5af0', '060000', 1, { revision: '0b', source: captured(NUC6), resetMethods: [] }),
    companion('0000:00:0e.0', '8086:5a98', '040300', 2, { revision: '0b', driver: 'snd_hda_intel', source: captured(NUC6) }),
    companion('0000:00:0f.0', '8086:5a9a', '078000', 3, { revision: '0b', driver: 'mei_me', source: captured(NUC6) }),
    companion('0000:00:12.0', '8086:5ae3', '010601', 4, { revision: '0b', driver: 'ahci', source: captured(NUC6) }),
    companion('0000:00:13.0', '8086:5ad8', '060400', 5, { revision: 'fb', driver: 'pcieport', source: captured(NUC6) }),
    companion('0000:00:15.0', '8086:5aa8', '0c0330', 7, { revision: '0b', driver: 'xhci_hcd', source: captured(NUC6) }),
    companion('0000:00:1f.0', '8086:5ae8', '060100', 8, { revision: '0b', source: captured(NUC6), resetMethods: [] }),
    companion('0000:00:1f.1', '8086:5ad4', '0c0500', 8, { revision: '0b', driver: 'i801_smbus', source: captured(NUC6) }),
    companion('0000:01:00.0', '10ec:5229', 'ff0000', 9, { revision: '01', parent: '0000:00:13.0', source: captured(NUC6) }),
  ],
});

/** Gemini Lake: neither SR-IOV nor GVT-g. */
export const GEMINI_LAKE = machine({
  name: 'gemini-lake',
  title: 'Celeron J4105, UHD Graphics 600 (Gemini Lake)',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/214'),
  cpuModel: 'Intel(R) Celeron(R) J4105 CPU @ 1.50GHz',
  microcode: '0x42',
  meVersion: '4.0.45.1391',
  board: { vendor: 'ASRock', name: 'J4105-ITX', product: 'J4105-ITX' },
  bios: { version: 'P1.70', date: '04/17/2023' },
  kernelRelease: '6.17.2-1-pve',
  otherKernels: ['6.14.11-4-pve', '6.17.1-1-pve'],
  efi: false,
  qemuVersion: '10.1.2',
  devices: [
    igpu('3185', captured('https://github.com/strongtz/i915-sriov-dkms/issues/214'), {
      revision: '06',
      high: false,
      subsystem: { vendor: '1849', device: '3185' },
      modules: ['i915'],
    }),
    ...chipset({ host: '31f0', lpc: '31e8', audio: '3198', smbus: '31d4', mei: '319a', audioBdf: '0000:00:0e.0' }),
  ],
});

/** Jasper Lake with i915-sriov-dkms installed in vain. */
export const JASPER_LAKE = machine({
  name: 'jasper-lake',
  title: 'Celeron N5105, UHD Graphics (Jasper Lake), i915-sriov-dkms installed',
  source: captured('https://github.com/Upinel/PVE-Intel-vGPU/issues/14'),
  typical: ['board', 'bios', 'meVersion', 'microcode', 'qemuVersion'],
  cpuModel: 'Intel(R) Celeron(R) N5105 @ 2.00GHz',
  microcode: '0x24000026',
  meVersion: '13.50.25.1965',
  board: { vendor: 'Intel Corporation', name: 'NUC11ATBPE', product: 'NUC11ATKC4' },
  bios: { version: 'ATJSLCPX.0037.2022.0715.1547', date: '07/15/2022' },
  kernelRelease: '7.0.14-12-pve',
  cmdline: `${LVM_ROOT} intel_iommu=on i915.enable_guc=3 i915.max_vfs=7 module_blacklist=xe`,
  dkms: { version: '2026.05.06', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  devices: [
    igpu('4e61', captured('https://github.com/Upinel/PVE-Intel-vGPU/issues/14'), {
      revision: '01',
      high: false,
      subsystem: { vendor: '8086', device: '3028' },
      modules: ['i915'],
    }),
    ...chipset({ host: '4e24', lpc: '4d87', audio: '4dc8', smbus: '4da3', mei: '4de0' }),
  ],
});
