// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Bdf } from '../pci/address.ts';
import type { Step } from '../plan/action.ts';

/** Binding and unbinding an idle VF is a matter of milliseconds; this is how long the kernel may take on a busy node. */
const DRIVER_MS = 5000;

/** One VF to be bound: its address is read from `link`, or expected there and proved when it was made. */
export interface VfToBind {
  /** `/sys/bus/pci/devices/<PF>/virtfnN`. */
  readonly link: string;
  readonly bdf: Bdf;
  readonly number: number;
  /** The driver that has it now, null for none. */
  readonly driver: string | null;
  /** Its override now, null for none. */
  readonly override: string | null;
}

/** The link of one VF in the directory of its PF; VF 1 is `virtfn0`. */
export function vfLink(pf: Bdf, number: number): string {
  return `/sys/bus/pci/devices/${pf}/virtfn${number - 1}`;
}

/**
 * Gives one VF to a VFIO driver for good: override, off the driver it has, probe. `driver_override` alone lets a VF be
 * probed while `sriov_drivers_autoprobe` is 0 (kernel drivers/pci/pci-driver.c), and unlike `new_id` it never takes the PF,
 * which has the same id. The last step proves that the driver really has it.
 */
export function bindSteps(vf: VfToBind, vfioDriver: string): readonly Step[] {
  if (vf.driver === vfioDriver && vf.override === vfioDriver) return [];
  const override: Step = {
    action: 'writeSysfs',
    args: {
      path: `${vf.link}/driver_override`,
      value: vfioDriver,
      undo: vf.override ?? '\n',
      timeoutMs: DRIVER_MS,
      mustBeFree: [],
    },
    reason: `VF ${vf.number} (${vf.bdf}) is for guests: keep the host driver off it`,
  };
  if (vf.driver === vfioDriver) return [override];
  return [override, ...(vf.driver === null ? [] : [unbind(vf, vf.driver)]), probe(vf, vfioDriver)];
}

function unbind(vf: VfToBind, driver: string): Step {
  return {
    action: 'writeSysfs',
    args: {
      path: `/sys/bus/pci/drivers/${driver}/unbind`,
      value: vf.bdf,
      undo: null,
      verify: { kind: 'absent', path: `${vf.link}/driver` },
      timeoutMs: DRIVER_MS,
      mustBeFree: [vf.bdf],
    },
    reason: `take VF ${vf.number} from ${driver}`,
  };
}

function probe(vf: VfToBind, vfioDriver: string): Step {
  return {
    action: 'writeSysfs',
    args: {
      path: '/sys/bus/pci/drivers_probe',
      value: vf.bdf,
      undo: null,
      verify: { kind: 'link-name', path: `${vf.link}/driver`, name: vfioDriver },
      timeoutMs: DRIVER_MS,
      mustBeFree: [],
    },
    reason: `bind VF ${vf.number} to ${vfioDriver}`,
  };
}
