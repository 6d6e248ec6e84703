// SPDX-License-Identifier: AGPL-3.0-or-later
import { HAND_MADE_VMS } from './guests.ts';
import { captured, chipset, companion, derived, igpu, LVM_ROOT, machine, sriov12, ZFS_ROOT } from './parts.ts';

const DKMS_I915 = `${LVM_ROOT} intel_iommu=on i915.enable_guc=3 i915.max_vfs=7 module_blacklist=xe`;

/** Tiger Lake with the kernel's own i915, untouched. */
export const TIGER_LAKE = machine({
  name: 'tiger-lake',
  title: 'Core i7-1165G7, Iris Xe (Tiger Lake)',
  source: derived('catalogue id 9a49; seven VFs from the Xe SR-IOV RFC of November 2023'),
  cpuModel: '11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz',
  microcode: '0xbc',
  meVersion: '15.0.42.2235',
  board: { vendor: 'Intel Corporation', name: 'NUC11TNBi7', product: 'NUC11TNKi7' },
  bios: { version: 'TNTGL357.0071.2023.0324.1513', date: '03/24/2023' },
  kernelRelease: '7.0.14-12-pve',
  cmdline: ZFS_ROOT,
  loader: 'pbt-systemd-boot',
  // A mirror: both disks have a partition.
  esps: ['5A1E-0D3C', '5A1F-77B2'],
  devices: [
    sriov12(igpu('9a49', derived('catalogue id 9a49'), { revision: '01', subsystem: { vendor: '8086', device: '3002' } }), 17),
    ...chipset({ host: '9a14', lpc: 'a082', audio: 'a0c8', smbus: 'a0a3', mei: 'a0e0' }),
  ],
});

/** Rocket Lake: the capability is there, but no driver has the flag. */
export const ROCKET_LAKE = machine({
  name: 'rocket-lake',
  title: 'Core i7-11700, UHD Graphics 750 (Rocket Lake)',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/27'),
  cpuModel: '11th Gen Intel(R) Core(TM) i7-11700 @ 2.50GHz',
  microcode: '0x63',
  meVersion: '15.0.45.2411',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'PRIME B560M-A', product: 'System Product Name' },
  bios: { version: '2001', date: '12/29/2023' },
  kernelRelease: '6.17.9-1-pve',
  qemuVersion: '10.1.2',
  devices: [
    sriov12(igpu('4c8a', captured('https://github.com/strongtz/i915-sriov-dkms/issues/27')), 17),
    ...chipset({ host: '4c43', lpc: '4387', audio: 'f1c8', smbus: '43a3', mei: '43e0' }),
  ],
});

/** Alder Lake-S with i915-sriov-dkms in PF mode. */
export const ALDER_LAKE_S = machine({
  name: 'alder-lake-s',
  title: 'Core i5-12600K, UHD Graphics 770 (Alder Lake-S), i915-sriov-dkms',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/351'),
  cpuModel: '12th Gen Intel(R) Core(TM) i5-12600K',
  microcode: '0x38',
  // https://github.com/Dasharo/dasharo-issues/issues/984
  meVersion: '16.0.15.1735',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'PRIME B660-PLUS D4', product: 'System Product Name' },
  bios: { version: '3001', date: '11/29/2023' },
  kernelRelease: '6.14.11-2-pve',
  earlyGraphics: false,
  cmdline: DKMS_I915,
  qemuVersion: '10.0.2',
  dkms: { version: '2025.07.22', modules: ['i915', 'kvmgt'] },
  devices: [
    sriov12(igpu('4680', captured('https://github.com/strongtz/i915-sriov-dkms/issues/351'), { revision: '0c' }), 20),
    ...chipset({ host: '4648', lpc: '7a86', audio: '7ad0', smbus: '7aa3', mei: '7ae8' }),
    companion('0000:00:14.0', '8086:7ae0', '0c0330', 5, { driver: 'xhci_hcd', subsystem: { vendor: '1043', device: '8694' } }),
  ],
});

/** Alder Lake-P with xe of i915-sriov-dkms. */
export const ALDER_LAKE_P = machine({
  name: 'alder-lake-p',
  title: 'Core i5-12600H, Iris Xe (Alder Lake-P), xe of i915-sriov-dkms',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/429'),
  cpuModel: '12th Gen Intel(R) Core(TM) i5-12600H',
  microcode: '0x437',
  meVersion: '16.0.15.1810',
  board: { vendor: 'AZW', name: 'SEi', product: 'SEi12' },
  bios: { version: 'ADLPV102', date: '05/10/2023' },
  kernelRelease: '7.0.0-3-pve',
  cmdline: `${LVM_ROOT} intel_iommu=on xe.max_vfs=7 xe.force_probe=46a6 module_blacklist=i915`,
  dkms: { version: '2026.05.06', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  devices: [
    sriov12(
      igpu('46a6', captured('https://github.com/strongtz/i915-sriov-dkms/issues/292'), {
        revision: '0c',
        driver: 'xe',
        subsystem: { vendor: '8086', device: '7270' },
        bars: [
          { index: 0, start: '0x603c000000', sizeBytes: 0x4000000 },
          { index: 2, start: '0x4000000000', sizeBytes: 0x10000000 },
          { index: 4, start: '0x3000', sizeBytes: 64 },
        ],
      }),
      16,
    ),
    ...chipset({ host: '4641', lpc: '5182', audio: '51c8', smbus: '51a3', mei: '51e0' }),
  ],
});

/** Alder Lake-N with the kernel's own xe, forced: VFs without DKMS. */
export const ALDER_LAKE_N = machine({
  name: 'alder-lake-n',
  title: 'N100, UHD Graphics (Alder Lake-N), stock xe of kernel 7.0',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/429'),
  cpuModel: 'Intel(R) N100',
  microcode: '0x1c',
  meVersion: '16.50.15.1515',
  board: { vendor: 'CWWK', name: 'CW-ADLNT-1', product: 'Default string' },
  bios: { version: '5.27', date: '11/17/2023' },
  kernelRelease: '7.0.0-3-pve',
  cmdline: `${LVM_ROOT} intel_iommu=on xe.max_vfs=7 xe.force_probe=0x46d1 module_blacklist=i915`,
  devices: [
    sriov12(
      igpu('46d1', captured('https://github.com/strongtz/i915-sriov-dkms/issues/352'), {
        revision: '00',
        driver: 'xe',
        subsystem: { vendor: '8086', device: '7270' },
        bars: [
          { index: 0, start: '0x60e7000000', sizeBytes: 0x1000000 },
          { index: 2, start: '0x4000000000', sizeBytes: 0x10000000 },
          { index: 4, start: '0x3000', sizeBytes: 64 },
        ],
      }),
      15,
    ),
    ...chipset({ host: '461c', lpc: '5481', audio: '54c8', smbus: '54a3', mei: '54e0' }),
  ],
});

const RPL_S = {
  cpuModel: 'Intel(R) Core(TM) i9-14900K',
  microcode: '0x12f',
  meVersion: '16.1.30.2361',
  board: { vendor: 'Gigabyte Technology Co., Ltd.', name: 'Z790 AORUS ELITE AX', product: 'Z790 AORUS ELITE AX' },
  bios: { version: 'F13', date: '08/23/2024' },
  devices: [
    sriov12(
      igpu('a780', captured('https://github.com/strongtz/i915-sriov-dkms/issues/186'), {
        subsystem: { vendor: '1458', device: 'd000' },
        connectors: { 'HDMI-A-1': 'disconnected', 'DP-1': 'connected' },
      }),
      18,
    ),
    ...chipset({ host: 'a700', lpc: '7a04', audio: '7a50', smbus: '7a23', mei: '7a68' }),
    companion('0000:00:14.0', '8086:7a60', '0c0330', 5, { driver: 'xhci_hcd', resetMethods: [] }),
  ],
} as const;

/** Raptor Lake-S, i9-14900K, i915-sriov-dkms in PF mode: the machine of the demo. */
export const RAPTOR_LAKE_S = machine({
  name: 'raptor-lake-s',
  title: 'Core i9-14900K, UHD Graphics 770 (Raptor Lake-S), i915-sriov-dkms',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/186'),
  ...RPL_S,
  kernelRelease: '6.17.9-1-pve',
  cmdline: DKMS_I915,
  qemuVersion: '10.1.2',
  dkms: { version: '2026.05.06', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
});

/** The same machine as the installer left it. */
export const RAPTOR_LAKE_S_UNTOUCHED = machine({
  name: 'raptor-lake-s-untouched',
  title: 'Core i9-14900K, UHD Graphics 770 (Raptor Lake-S), as installed',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/186'),
  ...RPL_S,
  kernelRelease: '7.0.14-12-pve',
});

/** The same machine after somebody followed a guide: VFs from /etc/sysfs.conf, taken by the host's own driver. */
export const RAPTOR_LAKE_S_BY_HAND = machine({
  name: 'raptor-lake-s-by-hand',
  title: 'Core i9-14900K, UHD Graphics 770 (Raptor Lake-S), set up by hand',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/186'),
  ...RPL_S,
  kernelRelease: '6.17.9-1-pve',
  cmdline: DKMS_I915,
  qemuVersion: '10.1.2',
  dkms: { version: '2026.05.06', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  files: { '/etc/sysfs.conf': 'devices/pci0000:00/0000:00:02.0/sriov_numvfs = 7\n' },
  vms: HAND_MADE_VMS,
});

/** Raptor Lake-P with the stock driver, which ignores the VFs. */
export const RAPTOR_LAKE_P = machine({
  name: 'raptor-lake-p',
  title: 'Core i7-13620H, UHD Graphics (Raptor Lake-P), as installed',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/143'),
  cpuModel: '13th Gen Intel(R) Core(TM) i7-13620H',
  microcode: '0x4124',
  meVersion: '16.1.25.2124',
  board: { vendor: 'Micro-Star International Co., Ltd.', name: 'MS-B0A8', product: 'Cubi NUC 13' },
  bios: { version: 'E1B0AIMS.108', date: '01/18/2024' },
  kernelRelease: '6.17.2-1-pve',
  cmdline: `${ZFS_ROOT} i915.enable_guc=3 i915.max_vfs=7`,
  loader: 'pbt-grub',
  secureBoot: true,
  qemuVersion: '10.1.2',
  devices: [
    sriov12(igpu('a7a8', captured('https://github.com/strongtz/i915-sriov-dkms/issues/143')), 18),
    ...chipset({ host: 'a715', lpc: '519d', audio: '51ca', smbus: '51a3', mei: '51e0' }),
  ],
});
