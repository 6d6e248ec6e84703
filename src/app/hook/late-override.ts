// SPDX-License-Identifier: AGPL-3.0-or-later
import { DEVICE_LOCK, RUN_DIR } from '../engine/state-paths.ts';
import { readAttribute, writeAttribute } from '../engine/sysfs-attribute.ts';
import { type Handover, readHandover } from './handover-record.ts';
import type { HookContext } from './hook-context.ts';
import { linkName, sysfsOf } from './pci-look.ts';

/** One file for each GPU that went back to the host since boot: its functions, one a line. */
const FOLDER = `${RUN_DIR}/given-back`;
/** A read or write of the override waits for the device's lock. */
const OVERRIDE_MS = 2000;
/** How long another hook may hold the device lock where the caller does not say. */
const LOCK_WAIT_MS = 5000;

/** Whether the caller holds `device.lock`, and how long to wait for it otherwise. */
interface LockOfCaller {
  readonly lockHeld: boolean;
  readonly lockWaitMs?: number;
}

/** Notes which functions go back to the host: the only evidence later that vfio-pci in their override is ours. */
export async function noteGivenBack({ host, log }: HookContext, { gpu, sounds }: Handover): Promise<void> {
  const folder = await host.mkdir(FOLDER, { mode: 0o700 });
  const text = [gpu, ...sounds.map(({ bdf }) => bdf)].map((bdf) => `${bdf}\n`).join('');
  const noted = folder.ok ? await host.writeAtomic(`${FOLDER}/${gpu}`, text, { mode: 0o600 }) : folder;
  if (!noted.ok) log.warn(`It was not noted that ${gpu} was given back: ${noted.problem.message}`);
}

/**
 * Clears `driver_override` of functions that went back to the host and that no guest has now. A hook that was killed may leave a writer
 * that the kernel keeps waiting: its `vfio-pci` comes after the return, and would take the function when its driver is loaded again.
 * Where the lock is not to be had, the next run does it.
 */
export async function clearLateOverrides(context: HookContext, { lockHeld, lockWaitMs }: LockOfCaller): Promise<void> {
  const { host, log } = context;
  if ((await lateOverrides(context)).length === 0) return;
  const lock = lockHeld ? undefined : await host.lock(DEVICE_LOCK, { timeoutMs: lockWaitMs ?? LOCK_WAIT_MS });
  if (lock?.ok === false) return;
  try {
    // Looked at afresh: while the lock was awaited, a guest may have got the GPU.
    for (const bdf of await lateOverrides(context)) {
      const cleared = await writeAttribute(host, `${sysfsOf(bdf)}/driver_override`, '\n', OVERRIDE_MS);
      if (cleared.ok) log.info(`A late write of a hook that was killed had set ${bdf} aside for vfio-pci again; it is cleared.`);
      else log.warn(`${bdf} would go to vfio-pci when its driver is loaded again: ${cleared.problem.message}`);
    }
  } finally {
    await lock?.value.release();
  }
}

/** The functions that went back, are not on vfio-pci and would go there. */
async function lateOverrides({ host }: HookContext): Promise<readonly string[]> {
  const gpus = await host.list(FOLDER);
  const late: string[] = [];
  for (const gpu of gpus.kind === 'content' ? gpus.value : []) {
    // A guest that has the GPU, or gets it now, was noted before its override was set.
    if ((await readHandover(host, gpu)) !== null) continue;
    const file = await host.read(`${FOLDER}/${gpu}`);
    for (const bdf of file.kind === 'content' ? file.value.trim().split('\n') : []) {
      if ((await linkName(host, bdf, 'driver')) === 'vfio-pci') continue;
      const override = await readAttribute(host, `${sysfsOf(bdf)}/driver_override`, OVERRIDE_MS);
      if (override.ok && override.value === 'vfio-pci') late.push(bdf);
    }
  }
  return late;
}
