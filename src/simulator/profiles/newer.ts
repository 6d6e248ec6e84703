// SPDX-License-Identifier: AGPL-3.0-or-later
import { captured, chipset, derived, igpu, LVM_ROOT, machine, sriov12, ZFS_ROOT } from './parts.ts';

/** Meteor Lake, untouched. */
export const METEOR_LAKE = machine({
  name: 'meteor-lake',
  title: 'Core Ultra 7 155H, Arc Graphics (Meteor Lake)',
  source: derived('catalogue id 7d55; capability as reported at https://fanyangmeng.blog/plex-vm-gpu-passthrough/'),
  cpuModel: 'Intel(R) Core(TM) Ultra 7 155H',
  microcode: '0x24',
  meVersion: '18.0.5.2028',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'NUC14RVH-B', product: 'NUC14RVH' },
  bios: { version: 'RVMTL357.0047.2025.0108.1408', date: '01/08/2025' },
  kernelRelease: '7.0.14-12-pve',
  earlyGraphics: false,
  // Converted from systemd-boot to GRUB for Secure Boot; the old loader's files stayed on the partition.
  loader: 'pbt-grub',
  alsoLoader: 'systemd-boot',
  cmdline: ZFS_ROOT,
  devices: [
    sriov12(igpu('7d55', derived('catalogue id 7d55'), { revision: '08', subsystem: { vendor: '8086', device: '2212' } }), 19),
    ...chipset({ host: '7d01', lpc: '7e02', audio: '7e28', smbus: '7e22', mei: '7e70' }),
  ],
});

/** Arrow Lake-S with i915-sriov-dkms. */
export const ARROW_LAKE = machine({
  name: 'arrow-lake',
  title: 'Core Ultra 7 265K, Intel Graphics (Arrow Lake-S), i915-sriov-dkms',
  source: derived('catalogue id 7d67; working set-up reported at https://github.com/strongtz/i915-sriov-dkms/issues/256'),
  cpuModel: 'Intel(R) Core(TM) Ultra 7 265K',
  microcode: '0x118',
  meVersion: '19.0.0.1854',
  board: { vendor: 'ASRock', name: 'Z890 Pro RS', product: 'Z890 Pro RS' },
  bios: { version: '2.22', date: '02/12/2025' },
  kernelRelease: '6.17.9-1-pve',
  cmdline: `${LVM_ROOT} intel_iommu=on i915.enable_guc=3 i915.max_vfs=7 module_blacklist=xe`,
  qemuVersion: '10.1.2',
  dkms: { version: '2026.05.06', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  devices: [
    sriov12(igpu('7d67', derived('catalogue id 7d67'), { revision: '06', subsystem: { vendor: '1849', device: '7d67' } }), 19),
    ...chipset({ host: '7d1b', lpc: 'ae0d', audio: '7f50', smbus: '7f23', mei: '7f68' }),
  ],
});

/** Lunar Lake: only xe knows it, and without the flag. */
export const LUNAR_LAKE = machine({
  name: 'lunar-lake',
  title: 'Core Ultra 7 258V, Arc 140V (Lunar Lake)',
  source: derived('catalogue id 64a0; no capability modelled, none was seen in a public report'),
  cpuModel: 'Intel(R) Core(TM) Ultra 7 258V',
  microcode: '0x11f',
  meVersion: '20.0.5.1344',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'NUC14LNK', product: 'NUC 14 Pro AI' },
  bios: { version: 'LNCHV357.0031', date: '03/14/2025' },
  kernelRelease: '7.0.14-12-pve',
  // Debian first, Proxmox VE on top: systemd-boot without proxmox-boot-tool.
  loader: 'systemd-boot',
  devices: [
    igpu('64a0', derived('catalogue id 64a0'), { driver: 'xe', modules: ['xe'], subsystem: { vendor: '1043', device: '88f1' } }),
    ...chipset({ host: '6400', lpc: 'a807', audio: 'a828', smbus: 'a822', mei: 'a870' }),
  ],
});

/** Panther Lake: stock xe, free of force_probe. The number of VFs is a choice of this profile; the driver's is read, never assumed. */
export const PANTHER_LAKE = machine({
  name: 'panther-lake',
  title: 'Core Ultra X7 358H, Arc B390 (Panther Lake), stock xe',
  source: derived(
    'catalogue id b080; has_sriov without force_probe in kernel 7.0 xe_pci.c; TotalVFs 7 and GuC 70.58 are choices of this profile',
  ),
  cpuModel: 'Intel(R) Core(TM) Ultra X7 358H',
  microcode: '0x119',
  meVersion: '21.0.0.1200',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'NUC16', product: 'NUC 16 Pro' },
  bios: { version: 'PTL0012', date: '01/20/2026' },
  kernelRelease: '7.0.14-12-pve',
  devices: [
    sriov12(
      igpu('b080', derived('catalogue id b080'), {
        driver: 'xe',
        modules: ['xe'],
        subsystem: { vendor: '1043', device: '8a10' },
        guc: { file: 'xe/ptl_guc_70.bin', version: '70.58.0' },
      }),
      20,
    ),
    ...chipset({ host: 'b000', lpc: 'e302', audio: 'e328', smbus: 'e322', mei: 'e370' }),
  ],
});

/** The machine of the report on Arrow Lake with xe, kept for its command line: no VFs on this driver any more. */
export const ARROW_LAKE_XE = machine({
  name: 'arrow-lake-xe',
  title: 'Core Ultra 7 265K, Intel Graphics (Arrow Lake-S), xe forced in vain',
  source: captured('https://github.com/strongtz/i915-sriov-dkms/issues/359'),
  cpuModel: 'Intel(R) Core(TM) Ultra 7 265K',
  microcode: '0x118',
  board: { vendor: 'ASRock', name: 'Z890 Pro RS', product: 'Z890 Pro RS' },
  bios: { version: '2.22', date: '02/12/2025' },
  kernelRelease: '7.0.14-12-pve',
  cmdline: `${LVM_ROOT} intel_iommu=on iommu=pt xe.force_probe=7d67 i915.force_probe=!7d67 xe.max_vfs=7`,
  devices: [
    sriov12(
      igpu('7d67', captured('https://github.com/strongtz/i915-sriov-dkms/issues/359'), { revision: '06', driver: 'xe' }),
      19,
    ),
    ...chipset({ host: '7d1b', lpc: 'ae0d', audio: '7f50', smbus: '7f23', mei: '7f68' }),
  ],
});
