// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../../facts/host-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import type { PendingReboot } from '../../plan/pending-reboot.ts';

/** Whether this boot is the one that a trial was made for: its kernel, with its words. Any other boot is the node as it was. */
export function trialRuns(facts: HostFacts, { kernel, parameters }: PendingReboot): boolean {
  const running = ifKnown(facts.kernel);
  const words = (running?.cmdline ?? '').split(/\s+/);
  return running?.release === kernel && parameters.every((word) => words.includes(word));
}
