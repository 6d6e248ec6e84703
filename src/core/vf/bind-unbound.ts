// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { Step } from '../plan/action.ts';
import { bindSteps, vfLink } from './bind-steps.ts';
import { loadModuleSteps } from './load-vfio.ts';
import type { VfGpu } from './vf-gpu.ts';

/**
 * Binds VFs that no driver has and that PVE could not bind itself: while autoprobe is off, its `new_id` and `bind` are
 * refused for a VF without an override (kernel drivers/pci/pci-driver.c, pci_device_can_probe). With a number, only that VF.
 */
export function bindUnbound(facts: HostFacts, gpu: VfGpu, only?: number): readonly Step[] {
  const { pf, vfs, vfioDriver } = gpu;
  if (pf.sriov?.driversAutoprobe !== false) return [];
  const steps = vfs.flatMap(({ device, number, bdf }) => {
    if (device?.driver !== null || (only !== undefined && number !== only)) return [];
    const override = device.driverOverride.state === 'known' ? device.driverOverride.value : null;
    // Another override is somebody's choice; a remark tells of it.
    if (override !== null && override !== vfioDriver) return [];
    return bindSteps({ link: vfLink(pf.bdf, number), bdf, number, driver: null, override }, vfioDriver);
  });
  return steps.length > 0 ? [...loadModuleSteps(facts, vfioDriver), ...steps] : [];
}
