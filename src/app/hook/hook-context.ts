// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../context.ts';

/** What the hook gets: no PVE programs, since PVE holds the guest's lock while the hook runs. */
export type HookContext = Pick<Context, 'host' | 'clock' | 'log'>;

/**
 * What became of one part of a start. `refused` needs positive evidence that going on would take something from another
 * guest; `gave-up` is everything else that went wrong, which PVE notices by itself when the device is not there.
 */
export type Prepared =
  | { readonly kind: 'ready' }
  | { readonly kind: 'gave-up'; readonly because: string }
  | { readonly kind: 'refused'; readonly because: string };

export const READY: Prepared = { kind: 'ready' };

export function gaveUp(because: string): Prepared {
  return { kind: 'gave-up', because };
}
