// SPDX-License-Identifier: AGPL-3.0-or-later
import { type HistoryRow, historyRows } from '../model/history-rows.ts';
import { rollbackJob } from '../model/plan-job.ts';
import type { Say } from '../model/texts/say.ts';
import type { HistoryValue, Session } from '../model/values.ts';
import { type Column, gridConfig, selectedRow, showRows } from './grid.ts';
import { whenText } from './html.ts';
import { liveView, type ShownView } from './live-view.ts';
import { offer, whyNotItem } from './offer.ts';
import { placeOf } from './place.ts';
import { openPlanWindow } from './plan-window.ts';

interface Loaded {
  readonly history: HistoryValue;
  readonly session: Session;
}

/** What was done when and by whom, with the way back. */
export function nodeHistory(panel: ExtComponent): ExtConfig {
  const { api, say } = placeOf(panel);
  let session: Session | undefined;
  const goBack = (to: number | 'all' | undefined) => {
    if (session === undefined || to === undefined) return;
    openPlanWindow({ api, say, session, changed: () => view.reload() }, rollbackJob(to, say));
  };
  const view: ShownView = liveView<Loaded>(panel, {
    say,
    toolbar: [
      {
        text: say('button.rollback'),
        itemId: 'rollback',
        iconCls: 'fa fa-undo',
        disabled: true,
        handler: () => goBack(selectedRow<HistoryRow>(panel, 'runs')?.number),
      },
      {
        text: say('button.rollback-all'),
        itemId: 'rollback-all',
        iconCls: 'fa fa-trash-o',
        disabled: true,
        handler: () => goBack('all'),
      },
      { text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() },
      '->',
      whyNotItem(),
    ],
    layout: 'border',
    content: [runsGrid(panel, say, () => offerWaysBack()), stepsGrid(say)],
    load: async () => {
      const [history, asked] = await Promise.all([api.get<HistoryValue>('history'), api.get<Session>('session')]);
      return { history, session: asked };
    },
    show: ({ history, session: asked }) => {
      session = asked;
      showRows(panel, 'runs', historyRows(history, say, whenText));
      offerWaysBack();
      return undefined;
    },
  });
  const offerWaysBack = () => {
    const chosen = selectedRow<HistoryRow>(panel, 'runs');
    const isDone = chosen?.canGoBack === true;
    const hasRuns = (panel.down('#runs')?.getStore().getCount() ?? 0) > 0;
    if (session !== undefined) offer(panel, session, { rollback: isDone, 'rollback-all': hasRuns });
  };
  return view.config;
}

function runsGrid(panel: ExtComponent, say: Say, selected: () => void): ExtConfig {
  const columns: readonly Column<HistoryRow>[] = [
    { header: say('field.run'), width: 60, cell: ({ number }) => String(number) },
    { header: say('field.time'), width: 175, cell: ({ time }) => time },
    {
      header: say('field.action'),
      flex: 3,
      cell: ({ title, failure }) => ({ text: title, lines: failure === null ? [] : [failure] }),
    },
    { header: say('field.user'), width: 130, cell: ({ user }) => user },
    { header: say('field.state'), width: 160, cell: ({ state, tone }) => ({ tone, text: state }) },
  ];
  return gridConfig({
    ...{ itemId: 'runs', title: say('view.history'), showTitle: false, columns, empty: say('history.empty'), selectsFirst: true },
    onSelect: (run) => {
      showRows(panel, 'steps', run?.steps ?? []);
      selected();
    },
    more: { region: 'center' },
  });
}

function stepsGrid(say: Say): ExtConfig {
  return gridConfig<HistoryRow['steps'][number]>({
    ...{ itemId: 'steps', title: say('history.steps'), empty: '' },
    columns: [
      { header: say('field.action'), width: 160, cell: ({ title }) => title },
      { header: say('field.subject'), flex: 2, cell: ({ subject }) => subject },
      { header: say('field.reason'), flex: 3, cell: ({ reason, note }) => ({ text: reason, lines: note === '' ? [] : [note] }) },
      { header: say('field.state'), width: 150, cell: ({ state }) => state },
    ],
    more: { region: 'south', height: 220, split: true },
  });
}
