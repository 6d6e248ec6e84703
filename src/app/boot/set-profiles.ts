// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../../core/pci/address.ts';
import type { DesiredGpu } from '../../core/plan/desired.ts';
import { desiredProfile } from '../../core/vf/plan-vf-profile.ts';
import { functionName } from '../../core/vf/vf-profile.ts';
import { writeAttribute } from '../engine/sysfs-attribute.ts';
import type { HookContext } from '../hook/hook-context.ts';
import { readProfiles } from '../vf/read-profiles.ts';

const WRITE_MS = 2000;

/**
 * Gives PF and VFs of a GPU the scheduling that is desired, since VFs that were made anew have none. What the driver does not offer or
 * refuses is said in one line each and stops nothing.
 */
export async function setProfiles(context: HookContext, pf: Bdf, vfs: number, wish: DesiredGpu, endMs: number): Promise<void> {
  if (wish.profiles === undefined) return;
  const { host, clock, log } = context;
  const profiles = await readProfiles(host, pf, vfs);
  if (profiles === undefined) {
    log.warn(`The driver of ${pf} offers no scheduling of VFs, so what is desired of it was not set.`);
    return;
  }
  for (const { number, settings } of profiles.functions) {
    const wanted = desiredProfile(wish, number);
    for (const { key, path, value, writable } of settings) {
      const asked = wanted[key];
      if (asked === undefined || String(asked) === value || !writable) continue;
      if (clock.nowMs() >= endMs) return log.warn(`The time is over before the scheduling of ${pf} was set.`);
      const written = await writeAttribute(host, path, String(asked), WRITE_MS);
      if (!written.ok) log.warn(`The scheduling of ${functionName(number)} of ${pf} was not set: ${written.problem.message}`);
    }
  }
}
