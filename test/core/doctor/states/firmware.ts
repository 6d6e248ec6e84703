// SPDX-License-Identifier: AGPL-3.0-or-later
import { known } from '../../../../src/core/facts/section.ts';
import type { Simulated } from '../../../app/simulated.ts';
import { capture as capture19 } from '../../../fixtures/captures/19-adl-not-enough-mmio.ts';
import { addLine, all, logs, withGpu } from '../acts.ts';
import { captured, changed, profileOf, type StatesByFinding, state, withSection } from '../doctor-state.ts';

const VF = addLine(100, 'hostpci0: 0000:00:02.1,pcie=1');
const WHOLE = addLine(101, 'hostpci0: 0000:00:02.0,legacy-igd=1,romfile=igd.rom');
const NO_SRIOV_ID = withGpu('raptor-lake-s', ({ sriov: _, bars = [], ...gpu }) => ({
  ...gpu,
  bars: bars.filter(({ index }) => index < 7),
}));
const UNPLACED = withGpu('raptor-lake-s', (gpu) => ({
  ...gpu,
  bars: (gpu.bars ?? []).map((bar) => (bar.index < 7 ? bar : { ...bar, start: '0x0' })),
}));
const SMALL = withGpu('coffee-lake', (gpu) => ({
  ...gpu,
  gvtg: { apertureMiB: 128 },
  bars: (gpu.bars ?? []).map((bar) => (bar.index === 2 ? { ...bar, sizeBytes: 128 * 1024 * 1024 } : bar)),
}));
const MDEV = addLine(100, 'hostpci0: 0000:00:02.0,mdev=i915-GVTg_V5_4');

async function makeMdev(node: Simulated): Promise<void> {
  await node.must('qm', 'start', '100');
}

/** Machine states for the findings of the area `firmware`. */
export const FIRMWARE_STATES: StatesByFinding = {
  'firmware.no-vmx': {
    triggers: [
      changed('VT-x is off', state('as installed', 'coffee-lake'), (ground) =>
        withSection(ground, 'platform', (platform) => ({ ...platform, hasVmx: false })),
      ),
    ],
    clear: [
      state('VT-x is on', 'coffee-lake'),
      changed('an AMD processor has another flag', state('as installed', 'coffee-lake'), (ground) =>
        withSection(ground, 'platform', (platform) => ({ ...platform, hasVmx: false, cpuVendor: known('AuthenticAMD') })),
      ),
    ],
  },
  'firmware.vtd-off': {
    triggers: [
      state('VT-d is off, and the driver for VFs is installed', { ...profileOf('raptor-lake-s'), iommu: false }),
      state('VT-d is off, and a guest wants the GPU', { ...profileOf('jasper-lake'), iommu: false }, WHOLE),
    ],
    clear: [
      state('VT-d is off, and nobody wants the GPU in a guest', { ...profileOf('jasper-lake'), iommu: false }),
      state('the command line has it off', {
        ...profileOf('raptor-lake-s'),
        cmdline: 'root=/dev/mapper/pve-root ro intel_iommu=off',
      }),
      state('VT-d is on', 'raptor-lake-s', VF),
    ],
  },
  'firmware.no-interrupt-remapping': {
    triggers: [
      state(
        'said at boot',
        'raptor-lake-s',
        logs('DMAR-IR: [Firmware Bug]: ioapic 2 has no mapping iommu, interrupt remapping will be disabled'),
      ),
    ],
    clear: [state('remapping is on', 'raptor-lake-s', logs('DMAR-IR: Enabled IRQ remapping in x2apic mode'))],
  },
  'firmware.device-reserved': {
    triggers: [
      state(
        'a start failed',
        'jasper-lake',
        all(
          WHOLE,
          logs(
            'vfio-pci 0000:00:02.0: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.  Contact your platform vendor.',
          ),
        ),
      ),
    ],
    clear: [
      state(
        'it is another device',
        'jasper-lake',
        all(
          WHOLE,
          logs(
            'vfio-pci 0000:03:00.0: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.  Contact your platform vendor.',
          ),
        ),
      ),
    ],
  },
  'firmware.group-shared': {
    triggers: [
      state(
        'the sound chip is in the group',
        {
          ...profileOf('jasper-lake'),
          devices: profileOf('jasper-lake').devices.map((one) =>
            one.driver === 'snd_hda_intel' ? { ...one, iommuGroup: 0 } : one,
          ),
        },
        WHOLE,
      ),
    ],
    clear: [
      state('a group of its own', 'jasper-lake', WHOLE),
      state(
        'the guest gets both',
        {
          ...profileOf('jasper-lake'),
          devices: profileOf('jasper-lake').devices.map((one) =>
            one.driver === 'snd_hda_intel' ? { ...one, iommuGroup: 0 } : one,
          ),
        },
        all(WHOLE, addLine(101, 'hostpci1: 0000:00:1f.3')),
      ),
    ],
  },
  'firmware.gpu-hidden': {
    triggers: [
      state(
        'a guest names it',
        { ...profileOf('coffee-lake'), devices: profileOf('coffee-lake').devices.filter(({ bdf }) => bdf !== '0000:00:02.0') },
        WHOLE,
      ),
    ],
    clear: [
      state('nobody counts on it', {
        ...profileOf('coffee-lake'),
        devices: profileOf('coffee-lake').devices.filter(({ bdf }) => bdf !== '0000:00:02.0'),
      }),
      state('the processor has none', 'no-igpu', WHOLE),
    ],
  },
  'firmware.sriov-off': {
    triggers: [state('the driver is installed, and the capability is not there', NO_SRIOV_ID)],
    clear: [state('the capability is there', 'raptor-lake-s'), state('no driver knows SR-IOV for this GPU', 'jasper-lake')],
  },
  'firmware.no-vf-address-space': {
    triggers: [state('the windows of the VFs have no address', UNPLACED), captured('19-adl-not-enough-mmio', capture19)],
    clear: [state('the windows have addresses', 'raptor-lake-s')],
  },
  'firmware.guc-image-refused': {
    triggers: [
      state(
        'said at boot',
        'raptor-lake-s',
        logs(
          'i915 0000:00:02.0: [drm] *ERROR* GT0: GUC: load failed: status = 0x400000A0, time = 61ms, freq = 1600MHz, ret = -110, BootROM = 0x76, UKernel = 0x00, MIA = 0x00, Auth = 0x01',
        ),
      ),
    ],
    clear: [
      state(
        'the image is loaded',
        'raptor-lake-s',
        logs('i915 0000:00:02.0: [drm] GT0: GuC firmware i915/tgl_guc_70.bin version 70.44.1'),
      ),
    ],
  },
  'firmware.not-primary-display': {
    triggers: [
      state(
        'vfio-pci found no OpRegion',
        'jasper-lake',
        all(WHOLE, logs('vfio-pci 0000:00:02.0: Failed to setup Intel IGD regions')),
      ),
      state(
        'another card is the primary display',
        {
          ...profileOf('coffee-lake'),
          devices: [
            ...withGpu('coffee-lake', (gpu) => ({ ...gpu, bootVga: false })).devices.filter(({ bdf }) => bdf !== '0000:01:00.0'),
            ...profileOf('no-igpu').devices.filter(({ bdf }) => bdf === '0000:01:00.0'),
          ],
        },
        WHOLE,
      ),
    ],
    clear: [state('it is the primary display', 'coffee-lake', WHOLE), state('nobody gets the whole GPU', 'coffee-lake')],
  },
  'firmware.aperture-too-small': {
    triggers: [
      state('128 MiB are what the host keeps', SMALL, MDEV),
      state(
        'said at a start',
        'coffee-lake',
        all(MDEV, logs('gvt: fail to allocate resource low GM space, request 128MB avail 64MB max 256MB taken 192MB')),
      ),
    ],
    clear: [state('one fits', 'coffee-lake', MDEV), state('nobody wants a mediated device', SMALL)],
  },
  'firmware.aperture-full': {
    triggers: [state('the only V5_4 is taken', 'coffee-lake', all(MDEV, makeMdev))],
    clear: [state('one is free', 'coffee-lake', MDEV)],
  },
  'firmware.csm-boot': {
    triggers: [state('a GPU without legacy mode, for a guest', { ...profileOf('jasper-lake'), efi: false }, WHOLE)],
    clear: [
      state('UEFI', 'jasper-lake', WHOLE),
      state('a GPU with legacy mode', { ...profileOf('coffee-lake'), efi: false }, WHOLE),
    ],
  },
  'firmware.bios-and-me-old': {
    triggers: [state('a BIOS of 2022', 'jasper-lake', WHOLE)],
    clear: [
      state('a BIOS of 2024', 'raptor-lake-s'),
      state('no guest wants the GPU', 'jasper-lake'),
      changed('a date of another form', state('a guest', 'jasper-lake', WHOLE), (ground) =>
        withSection(ground, 'platform', (platform) => ({ ...platform, biosDate: known('2022') })),
      ),
    ],
  },
  'firmware.no-microcode-package': {
    triggers: [state('not installed', 'raptor-lake-s')],
    clear: [
      state('nobody wants the GPU in a guest', 'jasper-lake'),
      changed('installed', state('as it is', 'raptor-lake-s'), (ground) =>
        withSection(ground, 'pve', (pve) => ({
          ...pve,
          packages: { ...pve.packages, 'intel-microcode': '3.20251111.1~deb13u1' },
        })),
      ),
    ],
  },
};
