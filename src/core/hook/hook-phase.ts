// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Whether the hook has something to do in a phase. VFs are made ready at `pre-start`; afterwards they stay on their VFIO
 * driver, as PVE leaves them, so that the other phases, and those of a later PVE, are done at once.
 */
export function isHookPhase(phase: string): boolean {
  return phase === 'pre-start';
}
