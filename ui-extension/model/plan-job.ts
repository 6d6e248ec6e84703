// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PanelApi } from './api.ts';
import { followTask, type TaskEnd } from './task.ts';
import type { Say } from './texts/say.ts';
import type { AssignInput, GuestRequest, Planned, Session } from './values.ts';

/** Something that is planned, shown, agreed on and then run. */
export interface PlanJob {
  readonly title: string;
  /** Where the plan comes from, below `/nodes/NODE/pveigpu/`. */
  readonly planPath: string;
  /** What starts it when the node has to be changed. */
  readonly runPath: string;
  /** What both take; the second gets the digest of the plan too. */
  readonly input: object;
  /** Whether `force` overrides a blocker that can be overridden. */
  readonly canForce: boolean;
}

/** Setting the host up for a mode. */
export function setupJob(gpu: string, input: { readonly mode: string; readonly vfs?: number }, say: Say): PlanJob {
  return { title: say('setup.title', { gpu }), planPath: 'plan', runPath: 'apply', input: { gpu, ...input }, canForce: true };
}

/** Confirming the last set-up after its reboot. */
export function confirmJob(say: Say): PlanJob {
  return { title: say('button.confirm'), planPath: 'plan-confirm', runPath: 'confirm', input: {}, canForce: false };
}

/** Going back to before a run, or to the node as it was without us. */
export function rollbackJob(to: number | 'all', say: Say): PlanJob {
  const title = to === 'all' ? say('history.rollback-all.title') : say('history.rollback.title', { number: to });
  return { title, planPath: 'plan-rollback', runPath: 'rollback', input: { to }, canForce: true };
}

/** Giving a guest a slice. */
export function assignJob(guest: { readonly vmid: number; readonly guest: string }, input: AssignInput, say: Say): PlanJob {
  const path = `guests/${guest.vmid}`;
  const title = say('guest.assign.title', { guest: guest.guest });
  return { title, planPath: `${path}/plan-assign`, runPath: `${path}/assign`, input, canForce: false };
}

/** Taking all slices of a guest back. */
export function unassignJob(guest: { readonly vmid: number; readonly guest: string }, say: Say): PlanJob {
  const path = `guests/${guest.vmid}`;
  const title = say('guest.unassign.title', { guest: guest.guest });
  return { title, planPath: `${path}/plan-unassign`, runPath: `${path}/unassign`, input: {}, canForce: false };
}

/** Asks for the plan; nothing is changed. An input without fields is not sent, since some paths take none. */
export async function planOf(api: PanelApi, job: PlanJob, force: boolean): Promise<Planned> {
  const input = force ? { ...job.input, force: true } : job.input;
  return await api.post<Planned>(job.planPath, Object.keys(input).length === 0 ? undefined : input);
}

/** Whether calls of PVE make all of a plan; one that only forgets a guest has none, and is done on the node. */
export function isForPve(requests: Planned['requests']): requests is readonly GuestRequest[] {
  return requests !== null && requests.length > 0;
}

/** Why this user may not run a plan; null when he may. PVE and the service check it again. */
export function whyNotRun(
  { requests }: Pick<Planned, 'requests'>,
  { user, may }: Pick<Session, 'user' | 'may'>,
  say: Say,
): string | null {
  if (!isForPve(requests)) return may.host ? null : `${say('guest.host-first')} ${may.whyNotHost ?? say('setup.not-allowed')}`;
  const keys = [...new Set(requests.flatMap(({ rootOnly }) => rootOnly))];
  return keys.length === 0 || user === 'root@pam' ? null : say('guest.root-only', { keys: keys.join(', ') });
}

/** Whether a blocked plan could be run with `force`: when each of its blockers can be overridden. */
export function couldForce(job: PlanJob, { plan }: Pick<Planned, 'plan'>): boolean {
  const blockers = plan.remarks.filter(({ level }) => level === 'blocker');
  return job.canForce && blockers.length > 0 && blockers.every(({ overridable }) => overridable === true);
}

/** How the run of a plan is watched. */
export interface RunOptions {
  readonly force: boolean;
  readonly onLine: (line: string) => void;
  readonly wait: () => Promise<void>;
}

/**
 * Runs a plan that was agreed on: changes of guests alone are sent to PVE's own API, everything else is a task on the node, which is followed
 * to its end.
 */
export async function runPlan(
  api: PanelApi,
  job: PlanJob,
  planned: Planned,
  { force, onLine, wait }: RunOptions,
): Promise<TaskEnd> {
  const { requests, plan } = planned;
  if (isForPve(requests)) {
    for (const request of requests) await api.changeGuest(request);
    return { ok: true, exitStatus: 'OK' };
  }
  const upid = await api.start(job.runPath, { ...job.input, ...(force ? { force: true } : {}), digest: plan.digest });
  return await followTask(api, upid, { onLine, wait });
}
