// SPDX-License-Identifier: AGPL-3.0-or-later
import { disableVfs, enableVfs } from '../sriov.ts';
import type { PciDriver } from '../state.ts';

/** A driver without graphics or SR-IOV duties: audio, storage, network, `pci-stub`. It claims the given ids. */
export function plainDriver(name: string, module: string | undefined, ids: readonly string[]): PciDriver {
  const table = new Set(ids);
  return {
    name,
    module,
    dynamicIds: new Set(),
    claims: (device) => table.has(`${device.profile.vendor}:${device.profile.device}`),
    probe: () => 'ok',
    remove: (_state, _device, done) => done(),
  };
}

/** `pci-pf-stub`: enables the VFs of any PF and leaves them behind when it goes (kernel drivers/pci/pci-pf-stub.c). */
export function pfStubDriver(): PciDriver {
  return {
    ...plainDriver('pci-pf-stub', 'pci_pf_stub', []),
    sriovConfigure: (state, pf, count) => (count === 0 ? disableVfs(state, pf, () => 'ok') : enableVfs(state, pf, count)),
  };
}
