// SPDX-License-Identifier: AGPL-3.0-or-later
import { bindVf, hasRightDriver } from '../hook/bind-vf.ts';
import type { HookContext } from '../hook/hook-context.ts';
import { linkName } from '../hook/pci-look.ts';
import { keepsVariant } from './keeps-variant.ts';

/** No VM: every user of a VF counts. */
const NOBODY = 0;

/**
 * Binds the VFs of a GPU to VFIO, those that are not yet; one that somebody uses is left alone and named. Where they go to a driver that
 * can save their state, an idle one comes to it from `vfio-pci` too: PVE leaves it there, and no guest that migrates starts with it. Says how many are bound in the end. Called with `device.lock` held.
 */
export async function bindVfs(context: HookContext, pf: string, vfs: readonly string[], endMs: number): Promise<number> {
  const { host, clock, log } = context;
  const drivers = await Promise.all(vfs.map(async (vf) => await linkName(host, vf, 'driver')));
  if (drivers.every((driver) => driver === 'xe-vfio-pci')) return vfs.length;
  const keepsDriver = await keepsVariant(host, pf);
  const open: string[] = [];
  for (const vf of vfs) if (!(await hasRightDriver(host, vf, { keepsDriver: true, migrates: keepsDriver }))) open.push(vf);
  let bound = vfs.length - open.length;
  for (const vf of open) {
    if (clock.nowMs() >= endMs) {
      log.warn(`The time is over before ${vf} was bound.`);
      continue;
    }
    const answer = await bindVf(context, vf, { keepsDriver, migrates: keepsDriver }, NOBODY);
    const isInUse = answer.kind === 'refused' && drivers[vfs.indexOf(vf)] === 'vfio-pci';
    if (answer.kind === 'ready' || isInUse) bound += 1;
    else log.warn(`The VF ${vf} was not bound: ${answer.because}${answer.because.endsWith('.') ? '' : '.'}`);
  }
  return bound;
}
