// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import { findDeviceUser } from '../engine/device-users.ts';
import { writeAttribute } from '../engine/sysfs-attribute.ts';
import { pollUntil } from '../engine/sysfs-check.ts';
import { gaveUp, type HookContext, type Prepared, READY } from './hook-context.ts';
import { linkName, sysfsOf } from './pci-look.ts';

const POKE_MS = 2000;
/** How long a driver may take to bind after the probe was asked for. */
const BIND_MS = 3000;
const MODPROBE_MS = 10_000;

/** What a guest wants of the driver of its VFs. */
export interface DriverWish {
  /** `driver=keep`: PVE leaves the VF on the driver that it has. */
  readonly keepsDriver: boolean;
  /** The guest starts only when its VF can be saved, which vfio-pci cannot do where the generation has a driver of its own. */
  readonly migrates?: boolean;
}

/** Whether a VF is on a driver with which its guest starts. Where only vfio-pci is in doubt the GPU's id is read, else only a link. */
export async function hasRightDriver(host: Host, vf: string, { keepsDriver, migrates }: DriverWish): Promise<boolean> {
  const bound = await linkName(host, vf, 'driver');
  if (!isVfioDriver(bound, keepsDriver)) return false;
  return bound !== 'vfio-pci' || !keepsDriver || migrates !== true || (await variantDriver(host, vf)) === 'vfio-pci';
}

/** Whether a VF is on the driver that its guest needs: PVE binds to `vfio-pci` itself, and to nothing with `driver=keep`. */
function isVfioDriver(driver: string | null, keepsDriver: boolean): boolean {
  return driver === 'vfio-pci' || (keepsDriver && driver === 'xe-vfio-pci');
}

/**
 * Binds a VF to its VFIO driver by `driver_override`, so that PVE need not write `new_id`, which would later take the GPU
 * itself (PF and VFs share their id). A VF that somebody has open is left alone. A whole GPU is bound alike, with a longer `unbindMs`. Called with `device.lock` held.
 */
export async function bindVf(
  context: HookContext,
  vf: string,
  wish: DriverWish,
  vmid: number,
  unbindMs = POKE_MS,
): Promise<Prepared> {
  const { host } = context;
  const bound = await linkName(host, vf, 'driver');
  if (await hasRightDriver(host, vf, wish)) return READY;
  if (bound !== null) {
    const user = await findDeviceUser(context, [vf], vmid);
    if (!user.ok) return gaveUp(user.problem.message);
    if (user.value !== null) return { kind: 'refused', because: `${vf} is in use by ${user.value.who}` };
  }
  const driver = wish.keepsDriver ? await variantDriver(host, vf) : 'vfio-pci';
  if ((await host.stat(`/sys/bus/pci/drivers/${driver}`)).kind === 'absent') {
    await host.run(['modprobe', driver], { timeoutMs: MODPROBE_MS });
    // Better on a driver with which some guest starts than on none.
    const isThere = bound !== 'vfio-pci' || (await host.stat(`/sys/bus/pci/drivers/${driver}`)).kind !== 'absent';
    if (!isThere) return gaveUp(`${vf} is on vfio-pci, and ${driver}, which can save its state, is not there`);
  }
  const sysfs = sysfsOf(vf);
  const writes: readonly (readonly [string, string])[] = [
    [`${sysfs}/driver_override`, driver],
    // By the driver's name: a late write of a run that was killed is refused when another run has bound the VF meanwhile.
    ...(bound === null ? [] : [[`/sys/bus/pci/drivers/${bound}/unbind`, vf] as const]),
    ['/sys/bus/pci/drivers_probe', vf],
  ];
  for (const [path, value] of writes) {
    const isUnbind = path.endsWith('/unbind');
    const written = await writeAttribute(host, path, value, isUnbind ? unbindMs : POKE_MS);
    // Refused since the driver has let go already: a late write of a run that was killed came before ours.
    const isFree = !written.ok && isUnbind && (await linkName(host, vf, 'driver')) === null;
    if (!written.ok && !isFree) return gaveUp(written.problem.message);
  }
  // The probe's own answer says nothing: it is "yes" also when the driver did not take the device.
  const came = await pollUntil(context, { kind: 'link-name', path: `${sysfs}/driver`, name: driver }, BIND_MS);
  return came ? READY : gaveUp(`${driver} did not take ${vf}; the kernel log says why`);
}

/** The VFIO driver that the GPU's generation wants on this kernel. */
async function variantDriver(host: Host, vf: string): Promise<string> {
  const [device, release] = [await host.read(`${sysfsOf(vf)}/device`), await host.read('/proc/sys/kernel/osrelease')];
  if (device.kind !== 'content' || release.kind !== 'content') return 'vfio-pci';
  const { lookupGpu } = await import('../../core/gpu/catalogue.ts');
  const { vfioDriverFor } = await import('../../core/gpu/driver-backend.ts');
  const entry = lookupGpu(device.value.trim().replace(/^0x/, ''));
  return entry === undefined ? 'vfio-pci' : vfioDriverFor(entry, release.value.trim());
}
