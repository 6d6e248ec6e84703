// SPDX-License-Identifier: AGPL-3.0-or-later
import { forgetHandover, type Handover, handoversTo } from './handover-record.ts';
import type { HookContext } from './hook-context.ts';
import { attachConsoles, bindBuffer } from './host-consoles.ts';
import { clearLateOverrides, noteGivenBack } from './late-override.ts';
import { returnFunction } from './return-function.ts';

/** What is left of the hook's 30 s for making VFs again, which takes below a second. */
const VFS_MS = 10_000;

/**
 * Gives back to the host what a guest had by hand-over: the GPU to its driver, then the consoles, the sound function, and the VFs that
 * are desired. What cannot be given back stays noted, and the same call does it later. Called with `device.lock` held.
 */
export async function giveBack(context: HookContext, vmid: number): Promise<void> {
  for (const handover of await handoversTo(context.host, vmid)) {
    const failed = await giveOne(context, handover);
    if (failed === null) {
      await noteGivenBack(context, handover);
      await forgetHandover(context.host, handover.gpu);
      context.log.info(`${handover.gpu} is given back to ${handover.driver ?? 'the host'}.`);
      continue;
    }
    const [what, because] = failed;
    context.log.warn(
      `${what} is not given back to the host: ${because.replace(/\.$/, '')}. To try again: pveigpu hook ${vmid} post-stop`,
    );
  }
  await clearLateOverrides(context, { lockHeld: true });
}

/** What was not given back and why, or null. */
async function giveOne(context: HookContext, handover: Handover): Promise<readonly [what: string, because: string] | null> {
  const { gpu, driver, consoles, framebuffer, sounds } = handover;
  const { host } = context;
  const failed =
    (await returnFunction(context, gpu, driver, 'drm')) ??
    // A graphics driver has taken the firmware's frame buffer away for good.
    (driver === null ? await bindBuffer(host, framebuffer, true) : null) ??
    (await attachConsoles(context, consoles));
  if (failed !== null) return [gpu, failed];
  for (const sound of sounds) {
    const silent = await returnFunction(context, sound.bdf, sound.driver);
    if (silent !== null) return [`The sound function ${sound.bdf}`, silent];
  }
  if (driver === null) return null;
  // A start has no need of it, and would pay for its loading.
  const { vfsBack } = await import('../boot/vfs-back.ts');
  const without = await vfsBack(context, gpu, VFS_MS);
  return without === null ? null : [`All of ${gpu}`, without];
}
