// SPDX-License-Identifier: AGPL-3.0-or-later
import { type GuestOfferRow, guestShown, whyNotLook, whyNotUnassign } from '../model/guest-view.ts';
import { assignJob, type PlanJob, unassignJob } from '../model/plan-job.ts';
import type { GuestValue, Session } from '../model/values.ts';
import { selectedRow, showRows } from './grid.ts';
import { guardedWork } from './guarded.ts';
import { couldGrid, hasGrid, needsGrid } from './guest-grids.ts';
import { cellHtml } from './html.ts';
import { failureNotice, liveView, type ShownView } from './live-view.ts';
import { noticeHtml } from './notice.ts';
import { showWhyNot, whyNotItem } from './offer.ts';
import { placeOf } from './place.ts';
import { openPlanWindow } from './plan-window.ts';
import { openVerifyWindow } from './verify-window.ts';

interface Loaded {
  readonly guest: GuestValue;
  readonly session: Session;
}

/** What a guest has of the GPU, what it could have, and what it needs inside. */
export function guestTab(panel: ExtComponent): ExtConfig {
  const { api, say, vmid } = placeOf(panel);
  let loaded: Loaded | undefined;
  const run = (jobOf: (guest: GuestValue) => PlanJob | undefined) => {
    const job = loaded === undefined ? undefined : jobOf(loaded.guest);
    if (loaded !== undefined && job !== undefined)
      openPlanWindow({ api, say, session: loaded.session, changed: () => view.reload() }, job);
  };
  const assign = () => {
    const row = selectedRow<GuestOfferRow>(panel, 'could');
    if (row !== undefined && row.whyNot === null) run((guest) => assignJob(guest, row.offer.input, say));
  };
  const offerActions = () => {
    const row = selectedRow<GuestOfferRow>(panel, 'could');
    panel.down('#assign')?.setDisabled(row === undefined || row.whyNot !== null);
    panel.down('#unassign')?.setDisabled(loaded === undefined || whyNotUnassign(loaded.guest, say) !== null);
    const whyNot = loaded === undefined ? null : whyNotLook(loaded.guest, say);
    for (const itemId of ['verify', 'ask']) {
      panel.down(`#${itemId}`)?.setHidden(loaded?.guest.may.inside !== true);
      panel.down(`#${itemId}`)?.setDisabled(whyNot !== null);
    }
    showWhyNot(panel, loaded?.guest.has.length === 0 ? null : whyNot);
  };
  const showGuest = (guest: GuestValue) => {
    const shown = guestShown(guest, say);
    panel.down('#waiting')?.setHtml(shown.notices.map(hintHtml).join(''));
    showRows(panel, 'has', shown.has);
    showRows(panel, 'could', shown.could);
    showRows(panel, 'needs', shown.needs);
    panel.down('#unseen')?.setHidden(shown.unseen === null);
    panel.down('#unseen')?.setHtml(cellHtml({ text: shown.unseen ?? '', tone: 'info' }));
    offerActions();
  };
  const ask = async () => {
    if (loaded === undefined) return;
    const { guest } = loaded;
    panel.setLoading(say('guest.verify.running'));
    try {
      const needs = await api.post<NonNullable<GuestValue['needs']>>(`guests/${vmid}/needs`);
      if (!panel.destroyed) showGuest({ ...guest, needs });
    } catch (error) {
      if (!panel.destroyed) Ext.Msg.alert(say('button.ask'), noticeHtml(failureNotice(error, say)));
    }
    if (!panel.destroyed) panel.setLoading(false);
  };
  const view: ShownView = liveView<Loaded>(panel, {
    say,
    toolbar: [
      { text: say('button.assign'), itemId: 'assign', iconCls: 'fa fa-plus-circle', disabled: true, handler: assign },
      {
        text: say('button.unassign'),
        itemId: 'unassign',
        iconCls: 'fa fa-minus-circle',
        disabled: true,
        handler: () => run((guest) => unassignJob(guest, say)),
      },
      {
        text: say('button.verify'),
        itemId: 'verify',
        iconCls: 'fa fa-check-circle-o',
        disabled: true,
        handler: () => vmid !== undefined && openVerifyWindow(api, say, vmid),
      },
      { text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() },
      {
        ...{ text: say('button.ask'), itemId: 'ask', iconCls: 'fa fa-question-circle', disabled: true, hidden: true },
        handler: () => guardedWork('ask', ask),
      },
      '->',
      whyNotItem(),
    ],
    content: [
      { xtype: 'component', itemId: 'waiting', autoEl: { tag: 'div', role: 'status' } },
      hasGrid(say),
      couldGrid(say, offerActions, assign),
      { xtype: 'component', itemId: 'unseen', padding: '5 10', hidden: true },
      needsGrid(say),
    ],
    load: async () => {
      const [guest, session] = await Promise.all([api.get<Loaded['guest']>(`guests/${vmid}`), api.get<Session>('session')]);
      return { guest, session };
    },
    show: (value) => {
      loaded = value;
      showGuest(value.guest);
      return undefined;
    },
  });
  return view.config;
}

function hintHtml(text: string): string {
  return `<div class="pmx-hint pveigpu-hint">${noticeHtml({ icon: 'fa-clock-o', tone: 'warning', title: text, lines: [] })}</div>`;
}
