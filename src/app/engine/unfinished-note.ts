// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Log } from '../../ports/clock-log.ts';
import type { Host } from '../../ports/host.ts';
import { RUN_DIR } from './state-paths.ts';

/**
 * The note that the VFs of a GPU are being made by us and are not all bound yet. It is the only evidence afterwards that
 * their lack of a driver is our doing: somebody else may keep VFs without one on purpose.
 */
function noteOf(pf: string): string {
  return `${RUN_DIR}/unfinished-${pf}`;
}

/** Whether a run of ours began to make the VFs of a GPU and did not come to bind them all. Costs one stat. */
export async function isUnfinished({ host }: { readonly host: Host }, pf: string): Promise<boolean> {
  return (await host.stat(noteOf(pf))).kind === 'content';
}

/** Notes that the VFs of a GPU are about to be made. A note that cannot be written is no reason to fail a start. */
export async function noteUnfinished({ host, log }: { readonly host: Host; readonly log: Log }, pf: string): Promise<void> {
  const folder = await host.mkdir(RUN_DIR, { mode: 0o700 });
  const text = `pveigpu is making the VFs of ${pf}.\n`;
  const noted = folder.ok ? await host.writeAtomic(noteOf(pf), text, { mode: 0o600 }) : folder;
  if (!noted.ok) log.warn(`It was not noted that the VFs of ${pf} are being made: ${noted.problem.message}`);
}

/** Takes the note away: the VFs were not made, or all of them are bound, or they are not those of that run any more. */
export async function forgetUnfinished({ host }: { readonly host: Host }, pf: string): Promise<void> {
  await host.remove(noteOf(pf));
}
