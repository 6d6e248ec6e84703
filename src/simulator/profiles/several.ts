// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ProfileDevice } from '../profile.ts';
import { captured, chipset, companion, derived, igpu, LVM_ROOT, machine, sriov12 } from './parts.ts';

const GIB = 1024 ** 3;

/** A Battlemage card behind its two bridges; `totalVfs` 0 means that the board shows no capability. */
function battlemage(
  device: string,
  totalVfs: number,
  source: ProfileDevice['source'],
  bootVga: boolean,
): readonly ProfileDevice[] {
  const card: ProfileDevice = {
    bdf: '0000:03:00.0',
    parent: '0000:02:01.0',
    vendor: '8086',
    device,
    class: '030000',
    revision: '00',
    subsystem: { vendor: '8086', device: '1100' },
    iommuGroup: 16,
    driver: 'xe',
    modules: ['xe'],
    bars: [
      { index: 0, start: '0x81000000', sizeBytes: 0x1000000 },
      { index: 2, start: '0x6000000000', sizeBytes: 16 * GIB },
    ],
    resetMethods: ['flr', 'bus'],
    bootVga,
    connectors: { 'DP-1': bootVga ? 'connected' : 'disconnected', 'DP-2': 'disconnected' },
    source,
  };
  const withVfs: ProfileDevice = {
    ...card,
    sriov: { totalVfs, offset: 1, stride: 1, firstGroup: 20 },
    bars: [
      ...(card.bars ?? []),
      { index: 7, start: '0x6400000000', sizeBytes: totalVfs * 0x1000000 },
      { index: 9, start: '0x7000000000', sizeBytes: totalVfs * 4 * GIB },
    ],
  };
  return [
    companion('0000:00:01.0', '8086:a70d', '060400', 4, { driver: 'pcieport', resetMethods: [] }),
    companion('0000:01:00.0', '8086:e2ff', '060400', 9, { driver: 'pcieport', parent: '0000:00:01.0', resetMethods: [] }),
    companion('0000:02:01.0', '8086:e2f0', '060400', 10, { driver: 'pcieport', parent: '0000:01:00.0', resetMethods: [] }),
    totalVfs === 0 ? card : withVfs,
    companion('0000:04:00.0', '8086:e2f7', '040300', 17, {
      driver: 'snd_hda_intel',
      parent: '0000:02:01.0',
      resetMethods: ['bus'],
    }),
  ];
}

/** The chipset without its NVMe disk, whose address the card's bridge takes. */
const DESKTOP = chipset({ host: 'a700', lpc: '7a04', audio: '7a50', smbus: '7a23', mei: '7a68' }).filter(
  (device) => device.bdf !== '0000:01:00.0',
);

/** An integrated GPU with VFs beside an Arc Pro with VFs: `--gpu` is needed. */
export const ARC_PRO = machine({
  name: 'arc-pro',
  title: 'Core i7-14700 (Raptor Lake-S) beside an Arc Pro B50, both with SR-IOV',
  source: derived('catalogue ids a780 and e212; TotalVFs 4 of the card is a choice of this profile'),
  cpuModel: 'Intel(R) Core(TM) i7-14700',
  microcode: '0x12f',
  meVersion: '16.1.30.2361',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'ProArt B760-CREATOR D4', product: 'System Product Name' },
  bios: { version: '1825', date: '10/25/2024' },
  kernelRelease: '7.0.0-3-pve',
  cmdline: `${LVM_ROOT} intel_iommu=on i915.enable_guc=3 i915.max_vfs=7`,
  dkms: { version: '2026.05.06', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  devices: [
    sriov12(igpu('a780', derived('catalogue id a780')), 20),
    ...DESKTOP,
    ...battlemage('e212', 4, derived('catalogue id e212'), false),
  ],
});

/** An Arc B580: the driver has the flag, the board shows no capability. The processor has no GPU. */
export const ARC_B580 = machine({
  name: 'arc-b580',
  title: 'Core i5-14400F with an Arc B580, no SR-IOV capability',
  source: captured('https://github.com/intel/linux-intel-lts/issues/33'),
  cpuModel: 'Intel(R) Core(TM) i5-14400F',
  microcode: '0x3a',
  meVersion: '16.1.30.2361',
  board: { vendor: 'Micro-Star International Co., Ltd.', name: 'PRO B760M-A WIFI (MS-7D99)', product: 'MS-7D99' },
  bios: { version: 'A.C0', date: '04/17/2024' },
  kernelRelease: '7.0.0-3-pve',
  devices: [...DESKTOP, ...battlemage('e20b', 0, captured('https://github.com/intel/linux-intel-lts/issues/33'), true)],
});

/** A laptop with two GPUs. */
export const OPTIMUS = machine({
  name: 'optimus',
  title: 'Laptop with Core i7-12700H (Alder Lake-P) and GeForce RTX 3050 Mobile',
  source: derived('catalogue id 46a6; NVIDIA id 25a2 from pci.ids'),
  cpuModel: '12th Gen Intel(R) Core(TM) i7-12700H',
  microcode: '0x437',
  meVersion: '16.0.15.1810',
  board: { vendor: 'LENOVO', name: 'LNVNB161216', product: '82RB' },
  bios: { version: 'JCCN40WW', date: '06/16/2023' },
  kernelRelease: '6.17.9-1-pve',
  qemuVersion: '10.1.2',
  devices: [
    sriov12(
      igpu('46a6', derived('catalogue id 46a6'), {
        revision: '0c',
        subsystem: { vendor: '17aa', device: '3b2c' },
        connectors: { 'eDP-1': 'connected' },
      }),
      18,
    ),
    ...chipset({ host: '4641', lpc: '5182', audio: '51c8', smbus: '51a3', mei: '51e0' }).filter(
      (device) => device.bdf !== '0000:01:00.0',
    ),
    companion('0000:00:01.0', '8086:460d', '060400', 4, { driver: 'pcieport', resetMethods: [] }),
    companion('0000:01:00.0', '10de:25a2', '030200', 15, {
      parent: '0000:00:01.0',
      driver: 'nouveau',
      subsystem: { vendor: '17aa', device: '3b2c' },
      bars: [{ index: 0, start: '0x62000000', sizeBytes: 0x1000000 }],
    }),
    companion('0000:01:00.1', '10de:2291', '040300', 15, { parent: '0000:00:01.0', driver: 'snd_hda_intel' }),
  ],
});

/** A processor without graphics; the display is a GeForce GT 710. */
export const NO_IGPU = machine({
  name: 'no-igpu',
  title: 'Core i5-12400F, no integrated graphics, GeForce GT 710',
  source: derived('Intel product name ending in F; NVIDIA id 128b from pci.ids'),
  cpuModel: '12th Gen Intel(R) Core(TM) i5-12400F',
  microcode: '0x38',
  meVersion: '16.0.15.1735',
  board: { vendor: 'ASUSTeK COMPUTER INC.', name: 'PRIME H610M-E D4', product: 'System Product Name' },
  bios: { version: '3402', date: '06/03/2024' },
  kernelRelease: '7.0.14-12-pve',
  devices: [
    ...chipset({ host: '4650', lpc: '7a87', audio: '7ad0', smbus: '7aa3', mei: '7ae8' }).filter(
      (device) => device.bdf !== '0000:01:00.0',
    ),
    companion('0000:00:01.0', '8086:460d', '060400', 2, { driver: 'pcieport', resetMethods: [] }),
    companion('0000:01:00.0', '10de:128b', '030000', 15, {
      parent: '0000:00:01.0',
      driver: 'nouveau',
      bootVga: true,
      connectors: { 'HDMI-A-1': 'connected' },
      bars: [{ index: 0, start: '0xf6000000', sizeBytes: 0x1000000 }],
    }),
    companion('0000:01:00.1', '10de:0e0f', '040300', 15, { parent: '0000:00:01.0', driver: 'snd_hda_intel' }),
  ],
});
