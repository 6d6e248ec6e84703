// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOurHook } from '../../core/assign/ours.ts';
import { ifKnown } from '../../core/facts/section.ts';
import { mayBeOlder, type OlderFile, planRefresh } from '../../core/package/plan-refresh.ts';
import { isClosed } from '../../core/plan/journal-run.ts';
import type { Context } from '../context.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { newestRun } from '../engine/journal.ts';
import { readImage } from '../engine/read-image.ts';
import { readLedger } from '../engine/state-files.ts';
import { senseHookscripts } from '../sense/sense-hookscripts.ts';
import { writePackageNotes } from './package-notes.ts';

/**
 * What the package does when it is installed or upgraded: brings the files that an older version left on the node to this
 * version. Never touches a GPU, a guest or a broken run; what cannot be done is said, and left for the next command.
 */
export async function settlePackage(context: Context, options: { readonly hookStub: string }): Promise<void> {
  const { host, log } = context;
  await writePackageNotes(host, { stillOurs: [], namedByGuests: [] });
  const [ledger, newest] = [await readLedger(host), await newestRun(host)];
  if (!ledger.ok) return log.warn(ledger.problem.message);
  if (!newest.ok) return log.warn(newest.problem.message);
  const files: OlderFile[] = [];
  for (const path of mayBeOlder(ledger.value, await hooksOf(context))) {
    const now = await readImage(host, path);
    if (now.ok) files.push({ path, now: now.value });
    else log.warn(now.problem.message);
  }
  const plan = planRefresh(ledger.value, files, options.hookStub);
  if (plan.steps.length === 0) return;
  // Closing a broken run may bind GPUs or build an initramfs, which is nothing for an upgrade.
  if (newest.value !== null && !isClosed(newest.value))
    return log.warn(
      `Run ${newest.value.number} was broken off; files of the older version stay until the next command closes it.`,
    );
  const applied = await applyPlan(context, plan);
  if (!applied.ok) log.warn(`Files of the older version stay: ${applied.problem.message}`);
}

/** Our hookscripts on this node that guests name. */
async function hooksOf({ host }: Context): Promise<readonly string[]> {
  const facts = ifKnown(await senseHookscripts(host));
  return (facts?.scripts ?? []).flatMap(({ volid, path, exists }) =>
    isOurHook(volid) && exists && path !== undefined ? [path] : [],
  );
}
