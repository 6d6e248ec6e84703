// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../../core/pci/address.ts';
import { virtfnIndex } from '../../core/pci/sysfs-values.ts';
import { expectedPlaces } from '../../core/vf/expected-vfs.ts';
import type { Host } from '../../ports/host.ts';
import type { Context } from '../context.ts';
import { findDeviceUser } from './device-users.ts';

const DEVICES = '/sys/bus/pci/devices';

/** Whether VFs of a GPU are missing below others: the kernel makes and removes them lowest first, so a removal is not done. */
export async function hasGap(host: Host, pf: string): Promise<boolean> {
  const indices = await linkIndices(host, pf);
  return indices.some((index) => index >= indices.length);
}

/**
 * Why nothing may be written about the VFs of a GPU now: the kernel has not ended a removal, since it waits for whoever
 * has one open (kernel drivers/pci/iov.c, pci_iov_remove_virtfn). Null when none is going on. Reads nothing that waits.
 */
export async function openRemoval(context: Pick<Context, 'host' | 'clock'>, pf: string): Promise<string | null> {
  const half = await halfRemoved(context.host, pf);
  if (half === null)
    return (await hasGap(context.host, pf))
      ? `a removal of the VFs of ${pf} has not ended: some are gone and some are not`
      : null;
  const user = await findDeviceUser(context, [half]);
  const who = user.ok && user.value !== null ? `; it is in use by ${user.value.who}` : '';
  return `a removal of the VFs of ${pf} has not ended: ${half} is only half gone${who}`;
}

async function linkIndices(host: Host, pf: string): Promise<readonly number[]> {
  const names = await host.list(`${DEVICES}/${pf}`);
  return names.kind === 'content' ? names.value.map(virtfnIndex).filter((index) => index !== undefined) : [];
}

/** A function without links at the place of a VF of this GPU, with the id of its VFs. */
async function halfRemoved(host: Host, pf: string): Promise<string | null> {
  const text = async (bdf: string, name: string) => {
    const read = await host.read(`${DEVICES}/${bdf}/${name}`);
    return read.kind === 'content' ? read.value.trim().replace(/^0x/, '') : undefined;
  };
  const [total, offset, stride] = [
    await text(pf, 'sriov_totalvfs'),
    await text(pf, 'sriov_offset'),
    await text(pf, 'sriov_stride'),
  ];
  if (total === undefined || offset === undefined || stride === undefined) return null;
  const there = await host.list(DEVICES);
  if (there.kind !== 'content') return null;
  const places = expectedPlaces(pf as Bdf, Number(offset), Number(stride), Number(total));
  for (const vf of places.filter((place) => there.value.includes(place))) {
    if ((await host.readLink(`${DEVICES}/${vf}/physfn`)).kind !== 'absent') continue;
    const id = await text(vf, 'device');
    const ids = [await text(pf, 'device'), await text(pf, 'sriov_vf_device')];
    const isOther = (await host.stat(`${DEVICES}/${vf}/sriov_totalvfs`)).kind === 'content';
    if (id !== undefined && ids.includes(id) && !isOther) return vf;
  }
  return null;
}
