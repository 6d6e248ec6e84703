// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingId } from '../../../src/core/doctor/finding.ts';
import type { Mode } from '../../../src/core/gpu/verdict.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import type { Simulated } from '../../app/simulated.ts';
import type { Choice } from './set-up.ts';

/** A machine that works, with one guest that has a part of the GPU. */
export interface Target {
  readonly choice: Choice;
  readonly node: Simulated;
  /** The guest; undefined where it could not be given anything. */
  readonly vmid: number | undefined;
}

/** Something that breaks, and the finding that must be named for it. */
export interface Fault {
  readonly name: string;
  readonly root: FindingId;
  readonly modes: readonly Mode[];
  /** Machines that it can befall; default all. */
  readonly fits?: (target: Target) => boolean;
}

/** A fault of files or of what the kernel says: the machine is as before once the files are put back. */
export interface FileFault extends Fault {
  /** Contents by path; null is gone. */
  readonly files?: (target: Target) => { readonly [path: string]: string | null };
  readonly logs?: (target: Target) => readonly string[];
}

/** A fault of hardware, firmware or the running kernel: the machine cannot be used again. */
export interface MachineFault extends Fault {
  /** What the hardware is from the next boot on. */
  readonly profile?: (choice: Choice) => Partial<Profile>;
  readonly act?: (target: Target) => Promise<void> | void;
  readonly reboots: boolean;
}

const GUESTS: readonly Mode[] = ['sriov', 'gvt-g', 'gvt-d'];
const ALL: readonly Mode[] = ['host', ...GUESTS];

function releaseOf({ node }: Target): string {
  return (node.node.machine.tree.text('/proc/sys/kernel/osrelease') ?? '').trim();
}

/** Newer than what runs, of the same series. */
function newerThan(release: string): string {
  return `${release.split('.').slice(0, 2).join('.')}.99-9-pve`;
}

function isDkms({ node }: Target): boolean {
  return node.node.machine.tree.names('/var/lib/dkms')?.includes('i915-sriov-dkms') === true;
}

function driverOf({ node, choice }: Target): string | null {
  return node.node.machine.kernel.driverOf(choice.gpu);
}

function configPath(vmid: number): string {
  return `/etc/pve/nodes/pve/${vmid === 200 ? 'lxc' : 'qemu-server'}/${vmid}.conf`;
}

/** The guest's configuration with its passthrough entry changed. */
function entry({ node, vmid = 0 }: Target, change: (line: string) => string): { readonly [path: string]: string } {
  const text = node.node.machine.tree.text(configPath(vmid)) ?? '';
  return { [configPath(vmid)]: text.replace(/^hostpci0: .*$/m, change) };
}

function lines({ node }: Target, vmid: number, ...added: readonly string[]): { readonly [path: string]: string } {
  const text = node.node.machine.tree.text(configPath(vmid)) ?? '';
  return { [configPath(vmid)]: text + added.map((line) => `${line}\n`).join('') };
}

const hasGuest = ({ vmid }: Target) => vmid !== undefined;
const hasEntry = (target: Target) => hasGuest(target) && target.node.config(target.vmid ?? 0).includes('hostpci0: ');
const hasMapping = (target: Target) => hasEntry(target) && target.node.mapping() !== '';
const hasGroups = (target: Target) => hasMapping(target) && target.node.mapping().includes('iommugroup=');
const OWN_MODPROBE = '/etc/modprobe.d/pveigpu.conf';
const hasOwnSettings = ({ node }: Target) => node.node.machine.tree.get(OWN_MODPROBE) !== undefined;
const KERNELS = '/boot/vmlinuz-';

export const FILE_FAULTS: readonly FileFault[] = [
  {
    name: 'somebody removes what pveigpu wrote',
    root: 'boot.own-settings-gone',
    modes: GUESTS,
    fits: hasOwnSettings,
    files: () => ({ [OWN_MODPROBE]: null }),
  },
  {
    name: 'VT-x is switched off',
    root: 'firmware.no-vmx',
    modes: ALL,
    files: ({ node }) => ({ '/proc/cpuinfo': (node.node.machine.tree.text('/proc/cpuinfo') ?? '').replace(/\bvmx\b ?/, '') }),
  },
  {
    name: 'the boot ROM of the GPU refuses GuC',
    root: 'firmware.guc-image-refused',
    modes: ALL,
    fits: (target) => driverOf(target) === 'i915',
    logs: ({ choice }) => [
      `i915 ${choice.gpu}: [drm] *ERROR* GT0: GUC: load failed: status = 0x400000A0, ret = -110, BootROM = 0x76, UKernel = 0x00`,
      `i915 ${choice.gpu}: [drm] *ERROR* GT0: Failed to initialize GPU, declaring it wedged!`,
    ],
  },
  {
    name: 'the firmware has a wrong table of interrupts',
    root: 'firmware.no-interrupt-remapping',
    modes: GUESTS,
    logs: () => ['DMAR-IR: [Firmware Bug]: ioapic 2 has no mapping iommu, interrupt remapping will be disabled'],
  },
  {
    name: 'the firmware claims memory of the GPU',
    root: 'firmware.device-reserved',
    modes: ['gvt-d'],
    logs: ({ choice }) => [
      `vfio-pci ${choice.gpu}: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.  Contact your platform vendor.`,
    ],
  },
  {
    name: 'the driver crashes, and a task hangs',
    root: 'kernel.driver-crashed',
    modes: ['host', 'sriov', 'gvt-g'],
    logs: (target) => [
      'BUG: kernel NULL pointer dereference, address: 0000000000000018',
      `RIP: 0010:intel_context_unpin+0x1a/0x40 [${driverOf(target) ?? 'i915'}]`,
      'INFO: task kvm:4711 blocked for more than 122 seconds.',
    ],
  },
  {
    name: 'the GPU hangs for good',
    root: 'kernel.gpu-wedged',
    modes: ['host', 'sriov', 'gvt-g'],
    logs: (target) => [
      `${driverOf(target) ?? 'i915'} ${target.choice.gpu}: [drm] device wedged, needs recovery`,
      'INFO: task kvm:4711 blocked for more than 122 seconds.',
    ],
  },
  {
    name: 'the bounce buffers are used up',
    root: 'kernel.swiotlb-full',
    modes: ALL,
    logs: ({ choice }) => [`i915 ${choice.gpu}: swiotlb buffer is full (sz: 299008 bytes), total 32768 (slots), used 18 (slots)`],
  },
  {
    name: "the firmware's frame buffer keeps a window",
    root: 'kernel.frame-buffer-holds-bar',
    modes: ['gvt-d'],
    logs: ({ choice }) => [
      `vfio-pci ${choice.gpu}: BAR 2: can't reserve [mem 0x4000000000-0x400fffffff 64bit pref]`,
      `vfio-pci ${choice.gpu}: Invalid PCI ROM header signature: expecting 0xaa55, got 0x4284`,
    ],
  },
  {
    name: 'the GPU reads memory that is not mapped',
    root: 'kernel.dmar-faults',
    modes: ['gvt-d'],
    fits: ({ choice }) => choice.gpu === '0000:00:02.0',
    logs: () =>
      Array.from(
        { length: 40 },
        (_, i) =>
          `DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0x7c${i}0000 [fault reason 0x06] PTE Read access is not set`,
      ),
  },
  {
    name: 'an upgrade brings a kernel without headers',
    root: 'kernel.headers-missing',
    modes: ['sriov'],
    fits: (target) => isDkms(target) && driverOf(target) === 'i915',
    files: (target) => {
      const release = newerThan(releaseOf(target));
      return { [`${KERNELS}${release}`]: 'kernel', [`/boot/initrd.img-${release}`]: 'initrd' };
    },
  },
  {
    name: 'an upgrade brings a kernel for which nobody built the driver',
    root: 'kernel.next-loses-mode',
    modes: ['sriov'],
    fits: (target) => isDkms(target) && driverOf(target) === 'i915',
    files: (target) => {
      const release = newerThan(releaseOf(target));
      return {
        [`${KERNELS}${release}`]: 'kernel',
        [`/boot/initrd.img-${release}`]: 'initrd',
        [`/lib/modules/${release}/build/Makefile`]: '',
      };
    },
  },
  {
    name: 'the pinned kernel is gone',
    root: 'kernel.pin-missing',
    modes: ALL,
    fits: ({ node }) => node.node.machine.tree.get('/etc/kernel/proxmox-boot-pin') === undefined,
    files: () => ({ '/etc/kernel/proxmox-boot-pin': '4.15.18-30-pve\n' }),
  },
  {
    name: 'the initramfs is gone',
    root: 'boot.no-initramfs',
    modes: ALL,
    files: (target) => ({ [`/boot/initrd.img-${releaseOf(target)}`]: null }),
  },
  {
    name: 'quorum is lost',
    root: 'cluster.no-quorum',
    modes: ALL,
    files: () => ({
      '/etc/pve/.members':
        '{"nodename":"pve","version":3,"cluster":{"name":"lab","version":2,"nodes":3,"quorate":0},"nodelist":{"pve":{"id":1,"online":1},"b":{"id":2,"online":0},"c":{"id":3,"online":0}}}\n',
    }),
  },
  {
    name: 'pmxcfs has died',
    root: 'cluster.config-not-mounted',
    modes: ALL,
    files: () => ({ '/etc/pve': null, '/var/lib/pve-cluster/config.db': 'x' }),
  },
  {
    name: 'a hookscript is deleted',
    root: 'guest.hookscript-missing',
    modes: ALL,
    files: (target) => lines(target, 102, 'hookscript: local:snippets/mine.pl'),
  },
  {
    name: 'the ROM file is not on this node',
    root: 'rom.missing',
    modes: GUESTS,
    fits: hasEntry,
    files: (target) => entry(target, (line) => `${line},romfile=igd.rom`),
  },
  {
    name: 'the ROM file is a page of a web server',
    root: 'rom.damaged',
    modes: GUESTS,
    fits: hasEntry,
    files: (target) => ({ ...entry(target, (line) => `${line},romfile=igd.rom`), '/usr/share/kvm/igd.rom': '<!DOCTYPE html>' }),
  },
  {
    name: 'the numbers of the IOMMU groups have changed',
    root: 'vf.pool-stale',
    modes: ['sriov'],
    fits: hasMapping,
    files: ({ node }) => ({ '/etc/pve/mapping/pci.cfg': node.mapping().replaceAll(/iommugroup=\d+/g, 'iommugroup=99') }),
  },
  {
    name: 'the mapping for mediated devices is not true any more',
    root: 'mdev.mapping-stale',
    modes: ['gvt-g'],
    fits: hasGroups,
    files: ({ node }) => ({ '/etc/pve/mapping/pci.cfg': node.mapping().replaceAll(/iommugroup=\d+/g, 'iommugroup=99') }),
  },
  {
    name: 'the mapping is deleted',
    root: 'guest.mapping-missing',
    modes: ['sriov', 'gvt-g'],
    fits: hasMapping,
    files: () => ({ '/etc/pve/mapping/pci.cfg': '' }),
  },
  {
    name: 'another guest names the whole GPU',
    root: 'guest.passes-whole-gpu',
    modes: ['sriov'],
    fits: hasGuest,
    files: (target) => lines(target, 102, `hostpci0: ${target.choice.gpu.slice(0, -2)},pcie=1`, 'onboot: 1'),
  },
  {
    name: 'a guide for the whole GPU was followed',
    root: 'leftover.vfio-ids',
    modes: ['sriov', 'gvt-g'],
    files: ({ choice: { profile, gpu } }) => ({
      '/etc/modprobe.d/vfio.conf': `options vfio-pci ids=8086:${profile.devices.find(({ bdf }) => bdf === gpu)?.device ?? ''}\n`,
    }),
  },
  {
    name: 'a guide blacklisted the driver',
    root: 'leftover.driver-blocked',
    modes: ['sriov', 'gvt-g'],
    files: (target) => ({ '/etc/modprobe.d/pve-blacklist-gpu.conf': `blacklist ${driverOf(target)}\n` }),
  },
  {
    name: 'driverctl reserved the GPU',
    root: 'leftover.driverctl',
    modes: ['sriov', 'gvt-g'],
    files: ({ choice }) => ({ [`/etc/driverctl.d/${choice.gpu}`]: 'vfio-pci\n' }),
  },
  {
    name: 'dpkg could not configure the driver',
    root: 'driver.half-configured',
    modes: ['sriov'],
    fits: (target) => /^Package: i915-sriov-dkms$/m.test(target.node.node.machine.tree.text('/var/lib/dpkg/status') ?? ''),
    files: ({ node }) => ({
      '/var/lib/dpkg/status': (node.node.machine.tree.text('/var/lib/dpkg/status') ?? '').replace(
        /(Package: i915-sriov-dkms\n(?:\w.*\n)*?Status: install ok )installed/,
        '$1half-configured',
      ),
    }),
  },
  {
    name: "the container's node is another one",
    root: 'container.node-gone',
    modes: ['host'],
    fits: hasGuest,
    files: ({ node }) => ({
      [configPath(200)]: (node.node.machine.tree.text(configPath(200)) ?? '').replaceAll(/renderD\d+/g, 'renderD143'),
    }),
  },
  {
    name: 'somebody deletes the entry by hand',
    root: 'guest.slice-lost',
    modes: GUESTS,
    fits: hasEntry,
    files: (target) => entry(target, () => '#'),
  },
  {
    name: 'the entry is there twice',
    root: 'guest.named-twice',
    modes: ['gvt-d'],
    fits: hasEntry,
    files: (target) => entry(target, (line) => `${line}\n${line.replace('hostpci0', 'hostpci1')}`),
  },
  {
    name: 'a udev rule gives the GPU away',
    root: 'leftover.udev-override',
    modes: ['sriov', 'gvt-g'],
    files: ({ choice: { gpu } }) => ({
      '/etc/udev/rules.d/99-gpu.rules': `ACTION=="add", SUBSYSTEM=="pci", KERNEL=="${gpu}", ATTR{driver_override}="vfio-pci"\n`,
    }),
  },
];

const otherGpu = (choice: Choice, change: (gpu: Profile['devices'][number]) => Profile['devices'][number]): Partial<Profile> => ({
  devices: choice.profile.devices.map((one) => (one.bdf === choice.gpu ? change(one) : one)),
});

export const MACHINE_FAULTS: readonly MachineFault[] = [
  {
    name: 'somebody removes what pveigpu wrote, and the node boots',
    root: 'boot.own-settings-gone',
    modes: GUESTS,
    fits: hasOwnSettings,
    reboots: true,
    act: ({ node }) => void node.node.machine.tree.remove(OWN_MODPROBE),
  },
  { name: 'VT-d is switched off', root: 'firmware.vtd-off', modes: GUESTS, reboots: true, profile: () => ({ iommu: false }) },
  {
    name: 'SR-IOV is switched off',
    root: 'firmware.sriov-off',
    modes: ['sriov'],
    reboots: true,
    profile: (choice) =>
      otherGpu(choice, ({ sriov: _, bars = [], ...gpu }) => ({ ...gpu, bars: bars.filter(({ index }) => index < 7) })),
  },
  {
    name: 'Above 4G decoding is switched off',
    root: 'firmware.no-vf-address-space',
    modes: ['sriov'],
    reboots: true,
    profile: (choice) =>
      otherGpu(choice, (gpu) => ({
        ...gpu,
        bars: (gpu.bars ?? []).map((bar) => (bar.index < 7 ? bar : { ...bar, start: '0x0' })),
      })),
  },
  {
    name: 'the internal graphics are switched off',
    root: 'firmware.gpu-hidden',
    modes: ALL,
    fits: ({ choice }) => choice.gpu === '0000:00:02.0',
    reboots: true,
    profile: ({ profile, gpu }) => ({ devices: profile.devices.filter(({ bdf }) => bdf !== gpu) }),
  },
  {
    name: 'the aperture is made small',
    root: 'firmware.aperture-too-small',
    modes: ['gvt-g'],
    reboots: true,
    profile: (choice) =>
      otherGpu(choice, (gpu) => ({
        ...gpu,
        gvtg: { apertureMiB: 128 },
        bars: (gpu.bars ?? []).map((bar) => (bar.index === 2 ? { ...bar, sizeBytes: 128 * 1024 * 1024 } : bar)),
      })),
  },
  {
    name: 'the GPU shares its group with the sound chip',
    root: 'firmware.group-shared',
    modes: ['gvt-d'],
    reboots: true,
    profile: ({ profile, gpu }) => ({
      devices: profile.devices.map((one) =>
        one.driver === 'snd_hda_intel'
          ? { ...one, iommuGroup: profile.devices.find(({ bdf }) => bdf === gpu)?.iommuGroup ?? 0 }
          : one,
      ),
    }),
  },
  {
    name: 'Secure Boot is switched on, and nobody enrolled the key',
    root: 'secure-boot.module-rejected',
    modes: ['sriov'],
    fits: (target) => isDkms(target) && driverOf(target) === 'i915' && target.choice.profile.efi,
    reboots: true,
    profile: () => ({ secureBoot: true }),
  },
  {
    name: 'somebody takes the VFs away',
    root: 'vf.gone',
    modes: ['sriov'],
    reboots: false,
    act: async ({ node, choice, vmid }) => {
      if (vmid !== undefined) await node.must('qm', 'stop', String(vmid));
      node.node.machine.write(`/sys/bus/pci/devices/${choice.gpu}/sriov_numvfs`, '0');
    },
  },
  {
    name: 'somebody takes the VFs away while one is open',
    root: 'vf.removal-open',
    modes: ['sriov'],
    fits: hasGuest,
    reboots: false,
    act: ({ node, choice }) => void node.node.machine.write(`/sys/bus/pci/devices/${choice.gpu}/sriov_numvfs`, '0'),
  },
  {
    name: 'somebody switches the IOMMU off on the command line',
    root: 'boot.iommu-off-by-parameter',
    modes: GUESTS,
    fits: ({ choice: { profile } }) => !profile.cmdline.includes('intel_iommu=on') && profile.loader !== 'systemd-boot',
    reboots: true,
    act: (target) => addWord(target, 'intel_iommu=off'),
  },
  {
    name: "VFs are made anew, and the host's driver takes them",
    root: 'vf.host-driver',
    modes: ['sriov'],
    reboots: false,
    act: async ({ node, choice: { gpu }, vmid }) => {
      if (vmid !== undefined) await node.must('qm', 'stop', String(vmid));
      const folder = `/sys/bus/pci/devices/${gpu}`;
      const count = node.node.machine.tree.names(folder)?.filter((name) => name.startsWith('virtfn')).length ?? 0;
      for (const [name, value] of [
        ['sriov_numvfs', '0'],
        ['sriov_drivers_autoprobe', '1'],
        ['sriov_numvfs', String(count)],
      ] as const)
        node.node.machine.write(`${folder}/${name}`, value);
    },
  },
  {
    name: 'somebody binds the GPU itself to vfio-pci',
    root: 'vf.gpu-on-vfio',
    modes: ['sriov'],
    reboots: false,
    act: async ({ node, choice: { gpu }, vmid }) => {
      if (vmid !== undefined) await node.must('qm', 'stop', String(vmid));
      const machine = node.node.machine;
      machine.kernel.modprobe('vfio-pci');
      machine.write(`/sys/bus/pci/devices/${gpu}/driver/unbind`, gpu);
      machine.write(`/sys/bus/pci/devices/${gpu}/driver_override`, 'vfio-pci');
      machine.write('/sys/bus/pci/drivers/vfio-pci/bind', gpu);
    },
  },
];

/** Somebody adds a word to the kernel command line, in the files of the loader that starts the node. */
async function addWord({ node, choice }: Target, word: string): Promise<void> {
  const { tree } = node.node.machine;
  const { loader } = choice.profile;
  if (loader === 'pbt-systemd-boot') {
    tree.setFile('/etc/kernel/cmdline', `${(tree.text('/etc/kernel/cmdline') ?? '').trim()} ${word}\n`);
    await node.must('proxmox-boot-tool', 'refresh');
    return;
  }
  tree.setFile('/etc/default/grub.d/zz-guide.cfg', `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${word}"\n`);
  await node.must('update-grub');
  if (loader === 'pbt-grub') await node.must('proxmox-boot-tool', 'refresh');
}
