// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Whether the hook has something to do in a phase. VFs are made ready at `pre-start` and stay on their VFIO driver afterwards, as
 * PVE leaves them. At `post-stop` the host gets back what a guest had by hand-over. All other phases, and those of a later PVE,
 * are done at once.
 */
export function isHookPhase(phase: string): phase is 'pre-start' | 'post-stop' {
  return phase === 'pre-start' || phase === 'post-stop';
}
