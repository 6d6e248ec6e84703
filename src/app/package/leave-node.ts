// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../core/assign/assignments.ts';
import { guestKeys, guestName } from '../../core/assign/guest-keys.ts';
import { isOurHook } from '../../core/assign/ours.ts';
import type { Guest } from '../../core/facts/guest-facts.ts';
import type { HostFacts } from '../../core/facts/host-facts.ts';
import { ifKnown } from '../../core/facts/section.ts';
import { planHookAway } from '../../core/package/plan-hook-away.ts';
import { isClosed } from '../../core/plan/journal-run.ts';
import { writablePve } from '../../core/pool/pve-writable.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { applyRuns } from '../engine/apply-lock.ts';
import { applyPlan } from '../engine/apply-plan.ts';
import { newestRun } from '../engine/journal.ts';
import { guestGround, senseForPlan } from '../guest-ground.ts';
import { farewell } from './farewell.ts';
import { putStandIns } from './put-stand-ins.ts';

/** What the caller brings, and whether to go on where an apply is at work or was broken off. */
export interface LeaveOptions {
  readonly hookStub: string;
  readonly force: boolean;
}

/**
 * What the package does before it is removed: no guest must need what goes. Takes our hookscript out of this node's guests through
 * PVE, leaves a stand-in where that cannot be, and says what stays set up and how that is taken back. Slices and the set-up of the
 * host stay. Fails with `host.locked` while an apply is at work, or where one was broken off.
 */
export async function leaveNode(context: Context, options: LeaveOptions): Promise<Result<void>> {
  const free = options.force ? ok(undefined) : await nothingRuns(context);
  if (!free.ok) return free;
  const facts = await senseForPlan(context);
  for (const guest of ownGuests(facts).filter(namesOurHook)) await takeHook(context, facts, guest, options);
  await putStandIns(context);
  await farewell(context);
  return ok(undefined);
}

async function nothingRuns(context: Context): Promise<Result<void>> {
  const newest = await newestRun(context.host);
  if (!newest.ok) return newest;
  if (await applyRuns(context))
    return problem('host.locked', 'A command of pveigpu is at work on this node, so the package stays.', {
      hint: 'See pveigpu follow; remove the package when it has ended.',
    });
  if (newest.value === null || isClosed(newest.value)) return ok(undefined);
  const { number, title } = newest.value;
  return problem('host.locked', `Run ${number} (${title}) was broken off and is half done, so the package stays.`, {
    hint: `pveigpu rollback ${number} closes it; PVEIGPU_PURGE=1 removes the package all the same.`,
  });
}

function namesOurHook(guest: Guest): boolean {
  const key = guestKeys(guest).find((one) => one.key === 'hookscript');
  return isOurHook(key?.current) || isOurHook(key?.pending);
}

/** A guest that cannot be changed now keeps its hookscript, which becomes a stand-in. */
async function takeHook(context: Context, facts: HostFacts, guest: Guest, { hookStub, force }: LeaveOptions): Promise<void> {
  const { log } = context;
  const stays = (why: string) => log.warn(`${guestName(guest)} keeps its hookscript, which will do nothing: ${why}`);
  const pve = writablePve(facts);
  if (!pve.ok) return stays(pve.problem.message);
  const ground = await guestGround(context, guest.vmid, { hookStub });
  if (!ground.ok) return stays(ground.problem.message);
  const now = ownGuests(ground.value.facts).find(({ vmid }) => vmid === guest.vmid);
  if (now === undefined) return;
  const applied = await applyPlan(context, planHookAway(ground.value, now), { force });
  if (!applied.ok) return stays(applied.problem.message);
  const hasSlice = (ifKnown(ground.value.facts.guests)?.guests ?? []).some(
    ({ vmid, sections }) =>
      vmid === guest.vmid && sections.some(({ keys }) => Object.keys(keys).some((key) => key.startsWith('hostpci'))),
  );
  log.info(`${guestName(guest)} does not name our hookscript any more${hasSlice ? '; its slice stays' : ''}.`);
}
