// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';

const MIB = 1024 * 1024;
/** A new image may be larger than the present one by some modules and their firmware. */
const MARGIN_BYTES = 16 * MIB;

/** Whether a file system has room for one more file of about a size; `plan.failed` with the numbers when it has not. */
export async function enoughSpace(host: Host, folder: string, sizeBytes: number, what: string): Promise<Result<void>> {
  const free = await host.freeSpace(folder);
  if (free.kind !== 'content') return problem('host.read', `The free space of ${folder} cannot be read.`, { where: folder });
  const needed = sizeBytes + MARGIN_BYTES;
  if (free.value >= needed) return ok(undefined);
  return problem('plan.failed', `${folder} has ${inMib(free.value)} MiB free; ${what} needs about ${inMib(needed)} MiB.`, {
    hint: 'Remove kernels that are not needed any more: apt autoremove --purge.',
    where: folder,
  });
}

function inMib(bytes: number): number {
  return Math.ceil(bytes / MIB);
}
