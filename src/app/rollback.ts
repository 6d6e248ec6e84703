// SPDX-License-Identifier: AGPL-3.0-or-later
import { isBdf } from '../core/pci/address.ts';
import type { Plan, Remark } from '../core/plan/action.ts';
import type { Desired, DesiredGpu } from '../core/plan/desired.ts';
import type { JournalRun } from '../core/plan/journal-run.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { isRomRun, ledgerRoms, runRoms } from '../core/rom/plan-roms-back.ts';
import { planTrialAway } from '../core/setup/trial/plan-trial-end.ts';
import { INDEX_TEMPLATE, UI_SCRIPT } from '../core/ui/index-template.ts';
import type { Context } from './context.ts';
import { readRun, runNumbers } from './engine/journal.ts';
import { readDesired, readLedger } from './engine/state-files.ts';
import { planInTurns, type Turn } from './in-turns.ts';
import { planHostSetup } from './plan-setup.ts';
import { planPool } from './pool.ts';
import { romsBack } from './roms-back.ts';
import { setupWorld } from './setup-world.ts';
import { planUiRemoved } from './ui.ts';
import { planUnassign, type UnassignOptions } from './unassign.ts';

/** How far back to go: before run N, or to the node as it was without us. */
export interface RollbackRequest {
  readonly to: number | 'all';
  readonly force: boolean;
}

/** Files of the panel in Proxmox's page, which are no set-up of the host. */
const UI_FILES: readonly string[] = [INDEX_TEMPLATE, UI_SCRIPT];

/** Plans going back; nothing is written. Runs that changed guests alone are named and left: `unassign` takes them back. */
export async function planRollback(
  context: Context,
  { to, force }: RollbackRequest,
  options: UnassignOptions,
): Promise<Result<Plan>> {
  const now = await readDesired(context.host);
  if (!now.ok) return now;
  if (to === 'all') return await planAllBack(context, now.value, force, options);
  const runs = await runsFrom(context, to);
  if (!runs.ok) return runs;
  const wanted = runs.value[0]?.desiredBefore;
  if (wanted === undefined)
    return problem('facts.unknown', `It was not noted what was desired before run ${to}.`, {
      hint: 'pveigpu apply MODE says what is desired now.',
    });
  const title = `go back to before run ${to}`;
  const tried = runs.value.some(({ steps }) => steps.some(({ step }) => step.action === 'trialEntry'));
  const roms = romsBack(context, runRoms(runs.value));
  const turns = [...(tried ? [endTrial(context)] : []), ...turnsTo(context, now.value, wanted, force), ...roms];
  return await planInTurns(turns, { title, steps: [], remarks: leftAlone(runs.value) });
}

/** Guests first, then pools, then the host: nobody must use what goes. */
async function planAllBack(context: Context, now: Desired, force: boolean, options: UnassignOptions): Promise<Result<Plan>> {
  const ledger = await readLedger(context.host);
  if (!ledger.ok) return ledger;
  const { guests, pools, files, packages, units, pin } = ledger.value;
  const turns: Turn[] = [
    endTrial(context),
    ...Object.keys(guests).map((vmid) => ({
      title: `take the slice of guest ${vmid} back`,
      plan: async () => await guestBack(context, Number(vmid), options),
    })),
    ...Object.keys(pools)
      .filter((id) => pools[id]?.ours === true)
      .map((id) => ({ title: `remove the pool ${id}`, plan: async () => await planPool(context, 'remove', { id }) })),
    ...turnsTo(context, now, { format: 1, gpus: {} }, force),
  ];
  const roms = ledgerRoms(ledger.value);
  turns.push(...romsBack(context, roms));
  const others = Object.keys(files).filter((path) => !UI_FILES.includes(path) && !roms.has(path));
  if (Object.keys(files).some((path) => UI_FILES.includes(path)))
    turns.push({ title: "take the panel out of Proxmox's page", plan: async () => await planUiRemoved(context) });
  // Ours, although nothing is desired: a driver or a pin by hand.
  const isHostTouched = pin !== undefined || [others, Object.keys(packages), Object.keys(units)].some((part) => part.length > 0);
  if (isHostTouched && Object.keys(now.gpus).length === 0)
    turns.push({ title: 'give the GPU back to the host', plan: async () => await hostAlone(context, force) });
  return await planInTurns(turns, { title: 'take everything back', steps: [], remarks: [] });
}

/** A trial that is still awaited or runs; nothing where there is none. */
function endTrial(context: Context): Turn {
  const title = 'end the trial';
  const plan = async (): Promise<Result<Plan>> => {
    const world = await setupWorld(context);
    if (!world.ok) return world;
    const { pending } = world.value;
    return ok(pending?.trial === undefined ? { title, steps: [], remarks: [] } : planTrialAway(world.value, pending));
  };
  return { title, plan };
}

/** Never by force, which would take what the user assigned by hand too. A guest on another node, or without a key of ours, is left. */
async function guestBack(context: Context, vmid: number, options: UnassignOptions): Promise<Result<Plan>> {
  const planned = await planUnassign(context, { vmid }, options);
  const isNothing = !planned.ok && ['guest.unknown', 'guest.not-assigned', 'guest.needs-flag'].includes(planned.problem.code);
  return isNothing ? ok({ title: `guest ${vmid}`, steps: [], remarks: [] }) : planned;
}

async function hostAlone(context: Context, force: boolean): Promise<Result<Plan>> {
  const planned = await planHostSetup(context, { mode: 'host', force });
  if (!planned.ok) return planned;
  const { desired: _nothing, ...plan } = planned.value;
  return ok(plan);
}

/** One plan for each GPU of which something else is desired now. */
function turnsTo(context: Context, now: Desired, wanted: Desired, force: boolean): readonly Turn[] {
  const keys = [...new Set([...Object.keys(now.gpus), ...Object.keys(wanted.gpus)])].sort();
  return keys.flatMap((key): readonly Turn[] => {
    const [bdf = ''] = key.split(' ');
    const [is, was] = [now.gpus[key], wanted.gpus[key]];
    if (!isBdf(bdf) || JSON.stringify(is) === JSON.stringify(was)) return [];
    const plan = async () => {
      const planned = await planHostSetup(context, { gpu: bdf, force, ...wishOf(was) });
      return planned.ok ? ok({ ...planned.value, desired: { gpu: key, wish: was ?? null } }) : planned;
    };
    return [{ title: `${bdf} back to ${was?.mode ?? 'host'}`, plan }];
  });
}

function wishOf(wanted: DesiredGpu | undefined) {
  const { mode = 'host', numVfs, driver, kernel } = wanted ?? {};
  return {
    mode,
    ...(numVfs === undefined ? {} : { numVfs }),
    ...(driver === undefined ? {} : { driver }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

async function runsFrom({ host }: Context, first: number): Promise<Result<readonly JournalRun[]>> {
  const numbers = await runNumbers(host);
  if (!numbers.ok) return numbers;
  if (!numbers.value.includes(first))
    return problem('usage', `There is no run ${first}.`, { hint: 'pveigpu history lists them.' });
  const runs: JournalRun[] = [];
  for (const number of numbers.value.filter((one) => one >= first)) {
    const run = await readRun(host, number);
    if (!run.ok) return run;
    runs.push(run.value);
  }
  return ok(runs);
}

/** Runs that were done since and asked nothing of a GPU: guests, pools, kernels. */
function leftAlone(runs: readonly JournalRun[]): readonly Remark[] {
  const others = runs.filter((run) => run.state === 'done' && run.desired === undefined && !isRomRun(run));
  if (others.length === 0) return [];
  const list = others.map(({ number, title }) => `${number} (${title})`).join(', ');
  const text = `Not taken back, since they set nothing up on the host: run ${list}.`;
  return [{ level: 'note', id: 'rollback.left', text, hint: 'pveigpu rollback --all takes everything back.' }];
}
