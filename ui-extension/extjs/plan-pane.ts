// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PanelApi } from '../model/api.ts';
import { couldForce, isForPve, type PlanJob, planOf, whyNotRun } from '../model/plan-job.ts';
import { planView } from '../model/plan-view.ts';
import type { Say } from '../model/texts/say.ts';
import type { Planned, Session } from '../model/values.ts';
import { PlanDiffPart } from '../parts/plan-diff.ts';
import { showTask } from './follow-task.ts';
import { guarded, guardedWork } from './guarded.ts';
import { litHost } from './lit-host.ts';
import { failureNotice } from './live-view.ts';
import { noticeHtml } from './notice.ts';

/** What a pane with a plan needs to know. */
export interface PlanPaneOptions {
  readonly api: PanelApi;
  readonly say: Say;
  readonly session: Session;
  /** Hears whether what is shown can be carried out. */
  readonly ready: (isReady: boolean) => void;
  /** Hears that something was changed. */
  readonly changed: () => void;
}

/** A plan in a window: the diff, why it cannot be carried out, and the box that overrides what can be overridden. */
export interface PlanPane {
  readonly pane: ExtConfig;
  readonly forceBox: ExtConfig;
  /** Makes the plan of a job and shows it. */
  readonly show: (window: ExtComponent, job: PlanJob) => void;
  /** Carries out what is shown and closes the window; a failure is said in it. */
  readonly submit: (window: ExtComponent) => void;
}

/** Makes a pane; each belongs to one window. */
export function planPane({ api, say, session, ready, changed }: PlanPaneOptions): PlanPane {
  const diff = new PlanDiffPart();
  let shown: { readonly job: PlanJob; readonly planned?: Planned } | undefined;
  let turn = 0;
  const isForced = (window: ExtComponent) => window.down('#force')?.getValue() === true;
  const note = (window: ExtComponent, html: string) => window.down('#plan-notice')?.setHtml(html);

  const make = async (window: ExtComponent, job: PlanJob) => {
    turn += 1;
    const mine = turn;
    ready(false);
    window.setLoading(say('setup.planning'));
    const force = isForced(window);
    const answer = await planOf(api, job, force).then(
      (planned) => ({ planned }),
      (error: unknown) => ({ error }),
    );
    if (window.destroyed || mine !== turn) return;
    window.setLoading(false);
    if ('error' in answer) {
      diff.plan = undefined;
      shown = { job };
      return note(window, noticeHtml(failureNotice(answer.error, say)));
    }
    const { planned } = answer;
    shown = { job, planned };
    const view = planView(planned, say);
    diff.plan = view;
    const why = whyNotRun(planned, session, say);
    note(window, why === null ? '' : noticeHtml({ icon: 'fa-lock', tone: 'warning', title: why, lines: [] }));
    window.down('#force')?.setHidden(!force && !couldForce(job, planned));
    ready(why === null && view.blocked === null && !view.isEmpty);
  };

  const run = async (window: ExtComponent) => {
    if (shown?.planned === undefined) return;
    const { job, planned } = shown;
    ready(false);
    window.setLoading(true);
    try {
      const upid = await carryOut(api, job, planned, isForced(window));
      if (!window.destroyed) window.close();
      if (upid === undefined) changed();
      else showTask(upid, changed);
    } catch (error) {
      if (window.destroyed) return;
      window.setLoading(false);
      note(window, noticeHtml(failureNotice(error, say)));
    }
  };

  const show = (window: ExtComponent, job: PlanJob) => guardedWork('plan', async () => await make(window, job));
  return {
    show,
    submit: (window) => guardedWork('change', async () => await run(window)),
    pane: {
      ...{ xtype: 'panel', itemId: 'plan', border: false, scrollable: true, bodyPadding: 10 },
      items: [{ xtype: 'component', itemId: 'plan-notice', autoEl: { tag: 'div', role: 'status' } }, litHost(diff)],
    },
    forceBox: {
      ...{ xtype: 'checkbox', itemId: 'force', boxLabel: Ext.htmlEncode(say('setup.force')), hidden: true },
      listeners: {
        change: (box: ExtComponent) =>
          guarded('force', () => {
            const window = box.up('window');
            if (window !== null && shown !== undefined) show(window, shown.job);
          }),
      },
    },
  };
}

/** Changes of guests alone go to PVE's own API; all else is a task, whose UPID is answered. */
async function carryOut(api: PanelApi, job: PlanJob, { requests, plan }: Planned, force: boolean): Promise<string | undefined> {
  if (!isForPve(requests))
    return await api.start(job.runPath, { ...job.input, ...(force ? { force } : {}), digest: plan.digest });
  for (const request of requests) await api.changeGuest(request);
  return undefined;
}
