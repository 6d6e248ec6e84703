// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PendingReboot } from '../../../core/plan/pending-reboot.ts';
import { ok, problem } from '../../../core/problem.ts';
import { healthyChecks } from '../../health.ts';
import { readBootId } from '../boot-id.ts';
import type { Executor } from '../executor.ts';
import { readPending, removePending, writePending } from '../pending-file.ts';

/** Writes down what the next boot must show, or that nothing is awaited any more. */
export const noteReboot: Executor<'noteReboot'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, { pending, before }) {
    const now = await readPending(host);
    if (!now.ok) return now;
    // One that was noted in an earlier boot awaits that boot's end, not this one's.
    const isStale = pending?.bootId === null && now.value !== null && now.value.bootId !== ((await readBootId(host)) ?? null);
    if (isSame(now.value, pending) && !isStale) return ok('already');
    if (isSame(now.value, before)) return ok('ready');
    return problem('plan.drift', 'Another reboot is awaited by now than when the plan was made.', { hint: 'Plan again.' });
  },
  async refine({ host }, { pending, before }) {
    const now = await readPending(host);
    if (!now.ok) return now;
    const noted = now.value ?? before;
    if (pending === null || pending.bootId !== null) return ok({ pending, before: noted });
    const [bootId, expects] = [await readBootId(host), pending.expects ?? (await healthyChecks(host))];
    return ok({ pending: { ...pending, bootId: bootId ?? null, expects }, before: noted });
  },
  async execute({ host }, { pending }) {
    return pending === null ? await removePending(host) : await writePending(host, pending);
  },
};

/** A plan does not know in which boot it will be done, so null stands for any. */
function isSame(a: PendingReboot | null, b: PendingReboot | null): boolean {
  if (a === null || b === null) return a === b;
  const bootId = a.bootId === null || b.bootId === null ? null : undefined;
  return JSON.stringify(comparable(a, bootId)) === JSON.stringify(comparable(b, bootId));
}

function comparable(
  { bootId, kernel, parameters, rebuildLater, endsWithBoot, wayBack, trial }: PendingReboot,
  any: null | undefined,
): readonly unknown[] {
  return [any === null ? null : bootId, kernel, parameters, rebuildLater, endsWithBoot ?? null, wayBack ?? null, trial ?? null];
}
