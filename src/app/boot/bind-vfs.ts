// SPDX-License-Identifier: AGPL-3.0-or-later
import { bindVf, isVfioDriver } from '../hook/bind-vf.ts';
import type { HookContext } from '../hook/hook-context.ts';
import { linkName } from '../hook/pci-look.ts';
import { keepsVariant } from './keeps-variant.ts';

/** No VM: every user of a VF counts. */
const NOBODY = 0;

/**
 * Binds the VFs of a GPU to VFIO, those that are not yet; one that somebody uses is left alone and named. Says how many
 * are bound in the end. Called with `device.lock` held.
 */
export async function bindVfs(context: HookContext, pf: string, vfs: readonly string[], endMs: number): Promise<number> {
  const { host, clock, log } = context;
  const open: string[] = [];
  for (const vf of vfs) if (!isVfioDriver(await linkName(host, vf, 'driver'), true)) open.push(vf);
  if (open.length === 0) return vfs.length;
  const keepsDriver = await keepsVariant(host, pf);
  let bound = vfs.length - open.length;
  for (const vf of open) {
    if (clock.nowMs() >= endMs) {
      log.warn(`The time is over before ${vf} was bound.`);
      continue;
    }
    const answer = await bindVf(context, vf, keepsDriver, NOBODY);
    if (answer.kind === 'ready') bound += 1;
    else log.warn(`The VF ${vf} was not bound: ${answer.because}${answer.because.endsWith('.') ? '' : '.'}`);
  }
  return bound;
}
