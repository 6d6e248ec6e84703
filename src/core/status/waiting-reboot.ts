// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PendingReboot } from '../plan/pending-reboot.ts';
import type { Waiting } from './status-view.ts';

/** What tells that a reboot is to come, or has come and was not looked at. */
export interface RebootSigns {
  readonly pending: PendingReboot | null;
  /** Null where it cannot be read. */
  readonly bootId: string | null;
  /** The kernel that is pinned, for the next boot alone or for all; null when none is. */
  readonly pinned: string | null;
}

export const NO_SIGNS: RebootSigns = { pending: null, bootId: null, pinned: null };

/** A set-up that the next boot brings or that nobody has confirmed since, and a pinned kernel that does not run. */
export function waitingReboot({ pending, bootId, pinned }: RebootSigns, running: string | null): readonly Waiting[] {
  const isPinOnly = pinned !== null && running !== null && pinned !== running && pinned !== pending?.kernel;
  const pin: readonly Waiting[] = isPinOnly ? [{ until: 'reboot', text: `kernel ${pinned} is pinned, and ${running} runs` }] : [];
  return [...(pending === null ? [] : [ofSetup(pending, bootId)]), ...pin];
}

function ofSetup(pending: PendingReboot, bootId: string | null): Waiting {
  const what = pending.trial === undefined ? 'set-up' : 'trial';
  const isToCome = pending.bootId === null || bootId === null || pending.bootId === bootId;
  return isToCome
    ? { until: 'reboot', text: `the ${what} takes effect with it, under kernel ${pending.kernel}` }
    : {
        until: 'confirmation',
        text: `the node has started since the ${what}; pveigpu confirm looks whether all came as it should`,
      };
}
