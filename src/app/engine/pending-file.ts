// SPDX-License-Identifier: AGPL-3.0-or-later
import { type PendingReboot, parsePending } from '../../core/plan/pending-reboot.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import { readBootId } from './boot-id.ts';
import { writeState } from './state-files.ts';
import { PENDING_FILE } from './state-paths.ts';

/** What is awaited of the next boot, null when nothing is, which is also so when that boot was all that it waited for. */
export async function readPending(host: Host): Promise<Result<PendingReboot | null>> {
  const read = await host.read(PENDING_FILE);
  if (read.kind === 'absent') return ok(null);
  if (read.kind === 'content') {
    const pending = parsePending(read.value, PENDING_FILE);
    return pending.ok && pending.value.endsWithBoot === true && (await isOver(host, pending.value)) ? ok(null) : pending;
  }
  return problem('host.read', `${PENDING_FILE} cannot be read: ${read.errno}.`, {
    hint: 'Run pveigpu as root.',
    where: PENDING_FILE,
  });
}

async function isOver(host: Host, { bootId: before }: PendingReboot): Promise<boolean> {
  const now = await readBootId(host);
  return before !== null && now !== undefined && now !== before;
}

export async function writePending(host: Host, pending: PendingReboot): Promise<Result<void>> {
  return await writeState(host, PENDING_FILE, pending);
}

export async function removePending(host: Host): Promise<Result<void>> {
  return await host.remove(PENDING_FILE);
}

/** Whether something waits for a boot that has not happened yet. */
export async function awaitsReboot(host: Host): Promise<boolean> {
  const pending = await readPending(host);
  if (!pending.ok || pending.value === null) return false;
  const bootId = await readBootId(host);
  return pending.value.bootId === null || bootId === undefined || pending.value.bootId === bootId;
}
