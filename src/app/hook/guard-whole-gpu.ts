// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HookSlice } from '../../core/hook/hook-slice.ts';
import { findDeviceUser } from '../engine/device-users.ts';
import { openRemoval } from '../engine/open-removal.ts';
import { gpuOfHalfRemoved } from './half-removed.ts';
import { isHandedOver } from './handover-record.ts';
import type { HookContext, Prepared } from './hook-context.ts';
import { READY } from './hook-context.ts';
import { functionsAt, isIntelGpu, linkName, sysfsOf, vfsOf } from './pci-look.ts';

/** The whole GPUs (PFs) among the functions that a slice takes. */
export async function wholeGpus({ host }: HookContext, slice: HookSlice): Promise<readonly string[]> {
  const found: string[] = [];
  for (const address of slice.addresses) {
    for (const bdf of await functionsAt(host, address)) {
      if ((await linkName(host, bdf, 'physfn')) !== null || !(await isIntelGpu(host, bdf))) continue;
      if ((await gpuOfHalfRemoved(host, bdf)) === null) found.push(bdf);
    }
  }
  return found;
}

/** The sound functions (PCI class 0403) among what slices take as they are. */
export async function soundFunctions({ host }: HookContext, slices: readonly HookSlice[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const address of slices.flatMap(({ addresses, pool }) => (pool === undefined ? addresses : []))) {
    for (const bdf of await functionsAt(host, address)) {
      const kind = await host.read(`${sysfsOf(bdf)}/class`);
      if (kind.kind === 'content' && kind.value.startsWith('0x0403')) found.push(bdf);
    }
  }
  return found;
}

/**
 * Refuses a start that would pass a whole GPU while its VFs exist: PVE would unbind the GPU, the kernel would destroy the
 * VFs, and every guest on one would lose its GPU (PVE itself checks nothing there).
 */
export async function guardWholeGpu(context: HookContext, slice: HookSlice, pf: string, vmid: number): Promise<Prepared> {
  const folder = await context.host.list(sysfsOf(pf));
  if (folder.kind === 'unreadable') return { kind: 'refused', because: `the VFs of ${pf} cannot be looked at: ${folder.errno}` };
  const vfs = await vfsOf(context.host, pf);
  const removal = await openRemoval(context, pf);
  if (removal !== null) return { kind: 'refused', because: `${slice.key} passes the whole GPU ${pf}, and ${removal}` };
  if (vfs.length === 0) return READY;
  const user = await findDeviceUser(context, vfs, vmid);
  const holder = user.ok && user.value !== null ? `; ${user.value.device} is in use by ${user.value.who}` : '';
  const range = slice.addresses.some((address) => address.includes('.')) ? '' : ', since its address has no function';
  const remedy = (await isHandedOver(context.host, vmid, pf))
    ? 'Remove them with pveigpu vf remove --for-now, and they come back when the guest has stopped.'
    : 'Give it one VF, or remove the VFs: pveigpu vf remove.';
  return {
    kind: 'refused',
    because: `${slice.key} passes the whole GPU ${pf}${range}, whose ${vfs.length} VFs exist${holder}. ${remedy}`,
  };
}
