// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestChange } from './guest-change.ts';

/**
 * The one call that makes a guest change: `qm set` or `pct set` with all keys, sorted, and the digest. Null when there is
 * nothing to change. PVE does reverts first, then deletes, then sets (qemu-server API2/Qemu.pm).
 */
export function guestArgv(change: GuestChange): readonly [string, ...string[]] | null {
  const options = Object.entries(change.set)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => [`--${key}`, value]);
  if (change.remove.length > 0) options.push('--delete', change.remove.join(','));
  if (change.revert.length > 0) options.push('--revert', change.revert.join(','));
  if (options.length === 0) return null;
  const digest = change.digest === '' ? [] : ['--digest', change.digest];
  return [change.kind === 'qemu' ? 'qm' : 'pct', 'set', String(change.vmid), ...digest, ...options];
}
