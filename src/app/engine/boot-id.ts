// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionName } from '../../core/plan/action.ts';
import type { Host } from '../../ports/host.ts';

/** Random at each boot of the machine (kernel drivers/char/random.c). */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** What a boot makes new by itself: sysfs and the loaded modules. */
const UNTIL_BOOT: ReadonlySet<ActionName> = new Set<ActionName>(['writeSysfs', 'loadModule']);

/** Which boot of the machine this is, or undefined where that cannot be read. */
export async function readBootId(host: Host): Promise<string | undefined> {
  const read = await host.read(BOOT_ID);
  return read.kind === 'content' ? read.value.trim() : undefined;
}

/** Whether the effect of an action went with a boot since; not when it is unknown whether there was one. */
export function isForgotten(action: ActionName, then: string | undefined, now: string | undefined): boolean {
  return then !== undefined && now !== undefined && then !== now && UNTIL_BOOT.has(action);
}
