// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { findDeviceUser } from './device-users.ts';

/** PVE takes this lock with a patience of 5 s at start and 2 s at stop (qemu-server PCI.pm), so we hold it for 1 s at most. */
const PVE_RESERVATION_LOCK = '/run/qemu-server/pci-id-reservations.lock';
const HELD_MS = 1000;
/** How long PVE itself may hold it. */
const WAIT_MS = 5000;

/**
 * Does something while nobody has the given devices open or reserved, and nobody can reserve them: under PVE's own
 * reservation lock where there is one. `vf.in-use` names the user. `work` gets the time that it may take.
 */
export async function whileFree(
  context: Context,
  devices: readonly string[],
  work: (budgetMs: number) => Promise<Result<void>>,
): Promise<Result<void>> {
  const { host, clock } = context;
  if (devices.length === 0) return await work(Number.POSITIVE_INFINITY);
  const isPve = (await host.list('/run/qemu-server')).kind !== 'absent';
  const lock = isPve ? await host.lock(PVE_RESERVATION_LOCK, { timeoutMs: WAIT_MS }) : undefined;
  if (lock?.ok === false) return lock;
  const takenMs = clock.nowMs();
  try {
    const user = await findDeviceUser(context, devices);
    if (!user.ok) return user;
    if (user.value !== null) {
      return problem('vf.in-use', `${user.value.device} is in use by ${user.value.who}.`, {
        hint: 'Stop it first, then try again.',
        where: user.value.device,
      });
    }
    return await work(Math.max(1, HELD_MS - (clock.nowMs() - takenMs)));
  } finally {
    await lock?.value.release();
  }
}
