// SPDX-License-Identifier: AGPL-3.0-or-later
import { type GuestOfferRow, type GuestShown, guestShown, whyNotLook, whyNotUnassign } from '../model/guest-view.ts';
import { assignJob, type PlanJob, unassignJob } from '../model/plan-job.ts';
import type { Say } from '../model/texts/say.ts';
import type { GuestValue, Session } from '../model/values.ts';
import { type Column, gridConfig, selectedRow, showRows } from './grid.ts';
import { guardedWork } from './guarded.ts';
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

function hasGrid(say: Say): ExtConfig {
  const columns: readonly Column<GuestShown['has'][number]>[] = [
    { header: say('field.slice'), flex: 2, cell: ({ form, tags }) => ({ text: form, lines: tags }) },
    { header: say('field.key'), width: 100, cell: ({ key }) => key },
    { header: say('field.value'), flex: 3, cell: ({ value }) => value },
    { header: say('field.holders'), flex: 2, cell: ({ holds }) => holds },
    { header: say('field.state'), width: 190, cell: ({ state }) => state },
  ];
  return gridConfig({ itemId: 'has', title: say('guest.has'), columns, empty: say('guest.has.none') });
}

function couldGrid(say: Say, onSelect: () => void, onOpen: () => void): ExtConfig {
  const columns: readonly Column<GuestOfferRow>[] = [
    {
      ...{ header: say('field.slice'), flex: 3 },
      cell: ({ title, whyNot }) =>
        whyNot === null ? { text: title, tone: 'good', icon: 'fa-plus-circle' } : { text: title, tone: 'none', icon: 'fa-lock' },
    },
    { header: say('field.mode'), width: 110, cell: ({ offer }) => say(`mode.${offer.mode}.short`) },
    { header: say('field.key'), width: 140, cell: ({ keys }) => keys },
    { header: say('field.reason'), flex: 4, cell: ({ whyNot }) => whyNot ?? '' },
  ];
  return gridConfig({
    ...{ itemId: 'could', title: say('guest.could'), columns, empty: say('guest.could.none'), onSelect, onOpen },
    more: { viewConfig: { emptyText: Ext.htmlEncode(say('guest.could.none')), deferEmptyText: false, getRowClass: rowClass } },
  });
}

/** PVE greys out rows that cannot be used. */
function rowClass(record: ExtRecord): string {
  return (record.get('row') as GuestOfferRow).whyNot === null ? '' : 'proxmox-disabled-row';
}

function needsGrid(say: Say): ExtConfig {
  const columns: readonly Column<GuestShown['needs'][number]>[] = [
    { header: say('field.step'), flex: 4, cell: ({ text, commands }) => ({ text, lines: commands }) },
    { header: say('field.by'), flex: 2, cell: ({ by }) => by },
    {
      ...{ header: say('field.state'), width: 120 },
      cell: ({ done }) => (done ? { tone: 'good', text: say('state.yes') } : { tone: 'warning', text: say('state.no') }),
    },
  ];
  return gridConfig({ itemId: 'needs', title: say('guest.needs'), columns, empty: say('guest.needs.none') });
}
