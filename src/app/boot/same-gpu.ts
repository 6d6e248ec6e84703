// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../../core/pci/address.ts';
import { gpuKey } from '../../core/plan/desired.ts';
import type { Host } from '../../ports/host.ts';
import { sysfsOf } from '../hook/pci-look.ts';

/** The key of the device that is at an address now, or null when there is none. */
export async function keyAt(host: Host, bdf: Bdf): Promise<string | null> {
  const id = async (attribute: string) => {
    const read = await host.read(`${sysfsOf(bdf)}/${attribute}`);
    return read.kind === 'content' ? read.value.trim().replace(/^0x/, '') : undefined;
  };
  const [vendor, device] = [await id('vendor'), await id('device')];
  if (vendor === undefined || device === undefined) return null;
  const [subsystemVendor, subsystemDevice] = [await id('subsystem_vendor'), await id('subsystem_device')];
  return gpuKey({
    bdf,
    vendor,
    device,
    ...(subsystemVendor === undefined ? {} : { subsystemVendor }),
    ...(subsystemDevice === undefined ? {} : { subsystemDevice }),
  });
}
