// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME, vfBootUnit } from '../boot/vf-boot-unit.ts';
import { VF_UDEV_RULE, VF_UDEV_RULE_NAME } from '../boot/vf-udev-rule.ts';
import { stockXeForceProbe } from '../gpu/driver-backend.ts';
import { confirmWanted } from './confirm-wanted.ts';
import { insist } from './insist.ts';
import { iommuWords } from './iommu-words.ts';
import { poolsWanted } from './pools-wanted.ts';
import { NOTHING_WANTED, type SetupCase, type Wanted, type WantedOption } from './wanted.ts';

/** The VFs of generation 12 hardware (i915-sriov-dkms README), where the machine does not tell. */
const USUAL_MAX_VFS = 7;

/**
 * VFs: the options of the driver that gives them, and the unit and rule that make them at every boot. A driver is kept
 * off this id alone (`force_probe=!ID`), never blacklisted, so that a second GPU keeps it.
 */
export function wantSriov(gpu: SetupCase): Wanted {
  return {
    ...NOTHING_WANTED,
    options: driverOptions(gpu),
    units: [
      {
        name: VF_BOOT_UNIT_NAME,
        text: vfBootUnit(gpu.program),
        because: 'VFs do not survive a reboot: this makes them before guests start',
      },
      poolsWanted(gpu.program),
      confirmWanted(gpu.program),
    ],
    rules: [{ name: VF_UDEV_RULE_NAME, text: VF_UDEV_RULE, because: 'when the driver comes back, its VFs come back' }],
    parameters: iommuWords(gpu),
  };
}

function driverOptions(gpu: SetupCase): readonly WantedOption[] {
  const { device, entry, backend } = gpu;
  const id = device.device;
  if (backend === undefined) return [];
  if (backend.backend === 'i915-dkms') {
    // sriov_totalvfs is what the running driver allows, which is 0 while max_vfs is missing.
    const total = Math.max(device.sriov?.totalVfs ?? 0, entry.maxVfs === 'unknown' ? 0 : entry.maxVfs) || USUAL_MAX_VFS;
    return [
      { module: 'i915', name: 'enable_guc', value: '3', fits: 'odd', because: 'VFs are scheduled by the GuC firmware' },
      {
        module: 'i915',
        name: 'max_vfs',
        value: String(total),
        fits: 'at-least',
        because: 'without it this driver offers no VFs',
      },
      ...insist(gpu, 'i915'),
      ...keepOff(gpu, 'xe', 'i915'),
    ];
  }
  if (!backend.forceProbe) return insist(gpu, 'xe');
  const force: WantedOption = {
    module: 'xe',
    name: 'force_probe',
    value: id,
    fits: 'word',
    because: 'xe takes this GPU only when told to',
  };
  return [force, ...keepOff(gpu, 'i915', 'xe')];
}

/** Tells a driver to leave this id to the other one, where it would take it at all. */
function keepOff({ device, entry, release }: SetupCase, module: 'i915' | 'xe', owner: string): readonly WantedOption[] {
  const { i915Mainline, i915Dkms, xeDkms } = entry.drivers;
  const claims = module === 'i915' ? i915Mainline || i915Dkms : xeDkms || stockXeForceProbe(entry, release) !== null;
  if (!claims) return [];
  return [
    { module, name: 'force_probe', value: `!${device.device}`, fits: 'word', because: `${module} leaves this GPU to ${owner}` },
  ];
}
