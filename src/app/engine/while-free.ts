// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { type DeviceUser, findDeviceUser, reservedBy } from './device-users.ts';

/** PVE takes this lock with a patience of 5 s at start and 2 s at stop (qemu-server PCI.pm), so we hold it for 1 s at most. */
const PVE_RESERVATION_LOCK = '/run/qemu-server/pci-id-reservations.lock';
const HELD_MS = 1000;
/** How long PVE itself may hold it. */
const WAIT_MS = 5000;

/**
 * Does something while nobody has the given devices open or reserved, and no guest can reserve them: under PVE's own
 * reservation lock where there is one. Who has them open is looked for before, since that may take long; a guest that
 * starts in between has reserved its device first. `vf.in-use` names the user. `work` gets the time that it may take.
 */
export async function whileFree(
  context: Context,
  devices: readonly string[],
  work: (budgetMs: number) => Promise<Result<void>>,
): Promise<Result<void>> {
  const { host, clock } = context;
  if (devices.length === 0) return await work(Number.POSITIVE_INFINITY);
  const opened = unused(await findDeviceUser(context, devices));
  if (!opened.ok) return opened;
  const isPve = (await host.list('/run/qemu-server')).kind !== 'absent';
  const lock = isPve ? await host.lock(PVE_RESERVATION_LOCK, { timeoutMs: WAIT_MS }) : undefined;
  if (lock?.ok === false) return lock;
  const takenMs = clock.nowMs();
  try {
    const reserved = unused(await reservedBy(context, devices));
    return reserved.ok ? await work(Math.max(1, HELD_MS - (clock.nowMs() - takenMs))) : reserved;
  } finally {
    await lock?.value.release();
  }
}

function unused(user: Result<DeviceUser | null>): Result<void> {
  if (!user.ok) return user;
  if (user.value === null) return ok(undefined);
  return problem('vf.in-use', `${user.value.device} is in use by ${user.value.who}.`, {
    hint: 'Stop it first, then try again.',
    where: user.value.device,
  });
}
