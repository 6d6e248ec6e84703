// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BlockedWrite, KernelState, Outcome, SimDevice } from './state.ts';

/** Lets a write wait in the kernel until `ready`, holding the locks of these devices: it answers `HANG`. */
export function block(state: KernelState, write: BlockedWrite): Outcome {
  state.blocked.push(write);
  return 'HANG';
}

/** Whether a waiting write holds the lock of a device: then every read and write that needs the lock waits as well. */
export function isLocked(state: KernelState, bdf: string): boolean {
  return state.blocked.some((write) => write.holds.has(bdf));
}

/**
 * Does something that needs the lock of a function: at once, or when the writer that holds it has finished. A write that
 * waited is not lost, even when its caller gave up; a function that vanished meanwhile makes it ENODEV.
 */
export function withLock(state: KernelState, device: SimDevice, action: () => Outcome): Outcome {
  if (!isLocked(state, device.bdf)) return action();
  return block(state, {
    holds: new Set(),
    ready: () => !isLocked(state, device.bdf),
    resume: () => (state.devices.get(device.bdf) === device ? action() : 'ENODEV'),
  });
}

/** Goes on with the writes whose device was closed meanwhile. */
export function resumeBlocked(state: KernelState): void {
  for (;;) {
    const write = state.blocked.find((candidate) => candidate.ready());
    if (write === undefined) return;
    state.blocked = state.blocked.filter((other) => other !== write);
    write.resume();
  }
}
