// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Guide, type GuideSetting, kept } from './guide.ts';
import {
  allInitramfs,
  deviceByArgs,
  firmware,
  frameBufferOff,
  graphicsBlacklist,
  harmlessWord,
  headersForNothing,
  hostGuc,
  intelIommu,
  passThrough,
  pinnedKernel,
  soundBlacklist,
  stolenMemory,
  updateGrub,
  vbiosFile,
  vfioIdsOfGpu,
  vfioIdsOfSound,
  vfioModules,
  virqfd,
} from './known-settings.ts';

const KERNEL = '6.5.13-5-pve';
const ROM = 'intel_hd500.rom';
const GRUB = '/etc/default/grub';
const BLACKLIST = '/etc/modprobe.d/blacklist.conf';
const VM = 'the guest';

const SETTINGS: readonly GuideSetting[] = [
  { id: 'firmware', where: 'firmware', text: 'UEFI and all virtualization options on', answer: firmware },
  {
    id: 'kernel',
    where: 'apt, proxmox-boot-tool',
    text: `kernel ${KERNEL}, pinned`,
    answer: pinnedKernel(KERNEL),
  },
  { id: 'headers', where: 'apt', text: `proxmox-headers-${KERNEL}`, answer: headersForNothing },
  { id: 'quiet', where: GRUB, text: 'quiet', answer: harmlessWord('quiet') },
  { id: 'iommu-pt', where: GRUB, text: 'iommu=pt', answer: passThrough },
  { id: 'intel-iommu', where: GRUB, text: 'intel_iommu=on', answer: intelIommu },
  { id: 'host-guc', where: GRUB, text: 'i915.enable_guc=2', answer: hostGuc },
  { id: 'efifb', where: GRUB, text: 'video=efifb:off', answer: frameBufferOff },
  { id: 'vesa', where: GRUB, text: 'video=vesa:off', answer: frameBufferOff },
  { id: 'update-grub', where: 'a command', text: 'update-grub', answer: updateGrub },
  { id: 'rom', where: '/usr/share/kvm', text: `${ROM} with its id and checksum mended`, answer: vbiosFile(ROM) },
  { id: 'vfio-modules', where: '/etc/modules', text: 'vfio, vfio_iommu_type1, vfio_pci', answer: vfioModules },
  { id: 'virqfd', where: '/etc/modules', text: 'vfio_virqfd', answer: virqfd },
  { id: 'ids-gpu', where: '/etc/modprobe.d/vfio.conf', text: 'vfio-pci ids=8086:5a85', answer: vfioIdsOfGpu },
  { id: 'ids-sound', where: '/etc/modprobe.d/vfio.conf', text: 'vfio-pci ids=8086:5a98', answer: vfioIdsOfSound('5a98') },
  {
    id: 'blacklist-sound',
    where: BLACKLIST,
    text: 'snd_hda_intel, snd_hda_codec_hdmi, snd_soc_skl, snd_soc_avs',
    answer: soundBlacklist,
  },
  { id: 'blacklist-i915', where: BLACKLIST, text: 'i915', answer: graphicsBlacklist },
  { id: 'initramfs', where: 'a command', text: 'update-initramfs -u -k all', answer: allInitramfs },
  { id: 'seabios', where: VM, text: 'SeaBIOS', answer: () => kept('it belongs to the guest, with the machine type i440fx') },
  {
    id: 'args',
    where: VM,
    text: `args: -device vfio-pci,host=00:02.0,addr=0x02,romfile=${ROM},x-vga=on`,
    answer: deviceByArgs(`0000:00:02.0,legacy-igd=1,romfile=${ROM}`),
  },
  { id: 'gms', where: VM, text: 'x-igd-gms=4', answer: stolenMemory('4') },
  {
    id: 'vga',
    where: VM,
    text: 'vga: none',
    answer: () => kept('legacy-igd asks for it; offer another way in first, such as a serial console'),
  },
  {
    id: 'guest-guc',
    where: 'inside the guest',
    text: 'options i915 enable_guc=2',
    answer: () => kept('it belongs to the guest, which has i915; it loads the HuC firmware there'),
  },
];

/** Apollo Lake in the NUC6CAYH, on Proxmox VE 8.2. */
export const NUC6CAYH: Guide = {
  id: 'nuc6cayh',
  title: 'the guide for the NUC6CAYH',
  source: 'https://github.com/roger-/proxmox-igpu-nuc6cayh',
  mode: 'gvt-d',
  devices: ['5a84', '5a85'],
  settings: SETTINGS,
};
