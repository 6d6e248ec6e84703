// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import type { HookContext } from '../hook/hook-context.ts';
import { linkName, sysfsOf, vfsOf } from '../hook/pci-look.ts';

/** How often the driver link is looked at. */
const POLL_MS = 50;
/** udev loads a driver while its queue is not empty; with an empty one for this long, nobody is about to load any. */
const QUIET_MS = 5000;

/** The driver of a GPU once its probe is over, or why there is none. */
export type DriverAnswer =
  | { readonly kind: 'bound'; readonly driver: string }
  | { readonly kind: 'none'; readonly because: string };

/**
 * Waits for the driver of a GPU, at most until `endMs`. The kernel makes the `driver` link before it calls the driver's
 * probe (drivers/base/dd.c really_probe), so the link alone does not say that VFs can be made.
 */
export async function awaitDriver(context: HookContext, pf: string, endMs: number): Promise<DriverAnswer> {
  const { host, clock } = context;
  const startMs = clock.nowMs();
  let quietSinceMs = startMs;
  for (;;) {
    const driver = await linkName(host, pf, 'driver');
    if (driver === 'vfio-pci') return none(`the GPU ${pf} is bound to vfio-pci as a whole, so it has no VFs`);
    if (driver !== null) {
      if (!(await probeOver(context, pf, endMs))) return none(`the driver ${driver} of ${pf} is still starting`);
      // A probe that failed takes the link away again.
      if ((await linkName(host, pf, 'driver')) === driver) return { kind: 'bound', driver };
    }
    const nowMs = clock.nowMs();
    if (await udevWorks(host)) quietSinceMs = nowMs;
    if (nowMs >= endMs || nowMs - quietSinceMs >= QUIET_MS)
      return none(`no driver took the GPU ${pf} within ${Math.round((nowMs - startMs) / 1000)} s`);
    await clock.sleep(POLL_MS);
  }
}

/** A read that needs the device's lock comes back when the probe is over. Only without VFs: then nobody can hold the lock for good. */
async function probeOver({ host, clock }: HookContext, pf: string, endMs: number): Promise<boolean> {
  if ((await vfsOf(host, pf)).length > 0) return true;
  const read = await host.read(`${sysfsOf(pf)}/sriov_numvfs`, { timeoutMs: Math.max(1, endMs - clock.nowMs()) });
  return read.kind !== 'unreadable' || read.errno !== 'ETIMEDOUT';
}

/** Whether a driver may still come: udev has events to handle (its file `/run/udev/queue`), or does not run yet. */
async function udevWorks(host: Host): Promise<boolean> {
  if ((await host.stat('/run/udev/control')).kind !== 'content') return true;
  return (await host.stat('/run/udev/queue')).kind === 'content';
}

function none(because: string): DriverAnswer {
  return { kind: 'none', because };
}
