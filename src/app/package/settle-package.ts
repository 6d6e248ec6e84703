// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOurHook } from '../../core/assign/ours.ts';
import { ifKnown } from '../../core/facts/section.ts';
import { mayBeOlder, type OlderFile, planRefresh } from '../../core/package/plan-refresh.ts';
import { isClosed } from '../../core/plan/journal-run.ts';
import type { Log } from '../../ports/clock-log.ts';
import type { Context } from '../context.ts';
import { applyRuns } from '../engine/apply-lock.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { newestRun } from '../engine/journal.ts';
import { readImage } from '../engine/read-image.ts';
import { readLedger } from '../engine/state-files.ts';
import { senseHookscripts } from '../sense/sense-hookscripts.ts';
import { writePackageNotes } from './package-notes.ts';

/**
 * What the package does when it is installed or upgraded: brings the files that an older version left on the node to this
 * version. Never touches a GPU, a guest or a broken run; what cannot be done is said, and left for the next command. Answers false where a
 * run is open, since the next command that writes would close it, which an upgrade must not do.
 */
export async function settlePackage(context: Context, options: { readonly hookStub: string }): Promise<boolean> {
  const { host, log } = context;
  await writePackageNotes(host, { stillOurs: [], namedByGuests: [] });
  const newest = await newestRun(host);
  if (!newest.ok) return said(log, newest.problem.message);
  if (await applyRuns(context)) return said(log, 'A command of pveigpu is at work, so what an older version wrote stays.');
  // Closing a broken run may bind GPUs or build an initramfs, which is nothing for an upgrade.
  if (newest.value !== null && !isClosed(newest.value))
    return said(log, `Run ${newest.value.number} was broken off; what an older version wrote stays until a command closes it.`);
  const ledger = await readLedger(host);
  if (!ledger.ok) return said(log, ledger.problem.message);
  const files: OlderFile[] = [];
  for (const path of mayBeOlder(ledger.value, await hooksOf(context))) {
    const now = await readImage(host, path);
    if (now.ok) files.push({ path, now: now.value });
    else log.warn(now.problem.message);
  }
  const plan = planRefresh(ledger.value, files, options.hookStub);
  const applied = plan.steps.length === 0 ? undefined : await applyPlan(context, plan);
  if (applied?.ok === false) log.warn(`Files of the older version stay: ${applied.problem.message}`);
  return true;
}

function said(log: Log, line: string): false {
  log.warn(line);
  return false;
}

/** Our hookscripts on this node that guests name. */
async function hooksOf({ host }: Context): Promise<readonly string[]> {
  const facts = ifKnown(await senseHookscripts(host));
  return (facts?.scripts ?? []).flatMap(({ volid, path, exists }) =>
    isOurHook(volid) && exists && path !== undefined ? [path] : [],
  );
}
