// SPDX-License-Identifier: AGPL-3.0-or-later
import { waitForVfioUser } from '../bus.ts';
import { disableVfs, enableVfs } from '../sriov.ts';
import type { KernelState, Outcome, PciDriver, SimDevice } from '../state.ts';
import { addVfioNodes, removeVfioNodes, vfioInUse } from '../vfio-nodes.ts';

/** A VFIO driver: `vfio-pci`, or a variant driver that takes only the VFs of its own ids. */
export function vfioDriver(options: {
  readonly name: string;
  readonly module: string;
  /** Ids from `ids=`, `vvvv:dddd`. */
  readonly ids: readonly string[];
  /** `enable_sriov=Y`. */
  readonly enableSriov: boolean;
  readonly only?: (device: SimDevice) => boolean;
}): PciDriver {
  return {
    name: options.name,
    module: options.module,
    dynamicIds: new Set(options.ids),
    claims: () => false,
    probe(state, device) {
      if (options.only !== undefined && !options.only(device)) return 'ENODEV';
      if (device.iommuGroup === null) return 'EINVAL';
      addVfioNodes(state, device);
      if (device.profile.class.startsWith('0300'))
        state.log(`${options.name} ${device.bdf}: vgaarb: VGA decodes changed: olddecodes=io+mem,decodes=none:owns=none`);
      return 'ok';
    },
    remove: (state, device, done) => removeFrom(state, device, done),
    sriovConfigure(state, pf, count) {
      if (!options.enableSriov) return 'ENOENT';
      return count === 0 ? disableVfs(state, pf, () => 'ok') : enableVfs(state, pf, count, options.name);
    },
  };
}

/** VFs of the function go first; then a user is waited for (kernel drivers/vfio/group.c). */
function removeFrom(state: KernelState, device: SimDevice, done: () => Outcome): Outcome {
  return disableVfs(state, device, () => {
    const busy = () => vfioInUse(state, device.iommuGroup, device.vfioNumber);
    const finish = () => {
      removeVfioNodes(state, device);
      return done();
    };
    return busy() ? waitForVfioUser(state, device, () => !busy(), finish) : finish();
  });
}
