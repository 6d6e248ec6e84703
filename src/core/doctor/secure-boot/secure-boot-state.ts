// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../../facts/host-facts.ts';
import { ifKnown, known, type Reading } from '../../facts/section.ts';

/** Whether Secure Boot is on; a machine without the variable has none. */
export function secureBoot(facts: HostFacts): Reading<boolean> {
  const platform = ifKnown(facts.platform);
  if (platform === undefined) return { state: 'unknown', reason: 'the firmware was not looked at' };
  return platform.secureBoot.state === 'absent' ? known(false) : platform.secureBoot;
}
