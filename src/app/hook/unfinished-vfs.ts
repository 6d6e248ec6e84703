// SPDX-License-Identifier: AGPL-3.0-or-later
import { forgetUnfinished } from '../engine/unfinished-note.ts';
import { bindVf } from './bind-vf.ts';
import type { HookContext } from './hook-context.ts';
import { linkName, numberAt, vfsOf } from './pci-look.ts';

/**
 * Binds the VFs of a GPU that have no driver, while autoprobe is off as we left it: PVE could not bind them for a guest
 * without our hookscript (kernel drivers/pci/pci-driver.c, pci_device_can_probe). Ends at the first that fails, and tries
 * none after `failed`: waiting for each would use up the time that the start has. No fault of the guest that starts. Called
 * with `device.lock` held.
 */
export async function finishVfs(context: HookContext, pf: string, failed: readonly string[], take: Take): Promise<void> {
  const open = (await openVfs(context, pf)).filter((vf) => !failed.includes(vf));
  if (failed.length > 0) return notTried(context, open);
  for (const [index, vf] of open.entries()) {
    const bound = await bindVf(context, vf, take, take.vmid);
    if (bound.kind === 'ready') continue;
    context.log.warn(`${vf} was made and not bound: ${bound.because}.`);
    return notTried(context, open.slice(index + 1));
  }
  await forgetUnfinished(context, pf);
}

/** For whom VFs are bound. */
interface Take {
  readonly keepsDriver: boolean;
  readonly vmid: number;
}

async function openVfs({ host }: HookContext, pf: string): Promise<readonly string[]> {
  if ((await numberAt(host, pf, 'sriov_drivers_autoprobe')) !== 0) return [];
  const open: string[] = [];
  for (const vf of await vfsOf(host, pf)) if ((await linkName(host, vf, 'driver')) === null) open.push(vf);
  return open;
}

function notTried({ log }: HookContext, vfs: readonly string[]): void {
  if (vfs.length > 0) log.warn(`Without a driver, and not tried after that: ${vfs.join(', ')}.`);
}
