// SPDX-License-Identifier: AGPL-3.0-or-later
import { failureOf } from '../model/failure.ts';
import type { Say } from '../model/texts/say.ts';
import { guarded, guardedWork } from './guarded.ts';
import { type Notice, noticeHtml } from './notice.ts';

/** What a card shows, and how it comes to know it. */
export interface LiveView<T> {
  readonly say: Say;
  readonly toolbar: readonly unknown[];
  readonly content: readonly ExtConfig[];
  /** How the content lies; below each other and scrolled when it is missing. */
  readonly layout?: unknown;
  readonly load: () => Promise<T>;
  /** Puts a value on the screen. A notice instead of nothing takes the place of the content. */
  readonly show: (value: T) => Notice | undefined;
  /** How often it looks again while it can be seen; never by itself when it is missing. */
  readonly everyMs?: number;
}

/** A card and how it is made to look again. */
export interface ShownView {
  readonly config: ExtConfig;
  readonly reload: () => void;
}

/** A card that loads, shows what came or why nothing did, and looks again from time to time. Answers that come too late are dropped. */
export function liveView<T>(panel: ExtComponent, view: LiveView<T>): ShownView {
  let turn = 0;
  let underWay = 0;
  let hasContent = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const put = (notice: Notice | undefined) => {
    panel.down('#pveigpu-notice')?.setHtml(notice === undefined ? '' : noticeHtml(notice));
    panel.setActiveItem(notice === undefined ? 0 : 1);
  };
  const look = async () => {
    const mine = turn;
    if (!hasContent) panel.setLoading(view.say('state.loading'));
    const isLate = () => panel.destroyed || mine !== turn;
    let notice: Notice | undefined;
    try {
      const value = await view.load();
      if (isLate()) return;
      panel.setLoading(false);
      notice = view.show(value);
    } catch (error) {
      if (isLate()) return;
      panel.setLoading(false);
      notice = failureNotice(error, view.say);
    }
    hasContent = notice === undefined;
    put(notice);
  };
  const reload = () => {
    turn += 1;
    underWay += 1;
    guardedWork('look', async () => {
      try {
        await look();
      } finally {
        underWay -= 1;
      }
    });
  };
  const isSeen = () =>
    !document.hidden && panel.isVisible(true) && Ext.ComponentQuery.query('window[modal]:visible').length === 0;
  const config = {
    layout: 'card',
    cls: 'pveigpu-card',
    tbar: view.toolbar,
    items: [
      {
        xtype: 'panel',
        border: false,
        itemId: 'pveigpu-content',
        layout: view.layout ?? { type: 'vbox', align: 'stretch' },
        scrollable: true,
        items: view.content,
      },
      { xtype: 'component', itemId: 'pveigpu-notice', padding: 20, autoEl: { tag: 'div', role: 'status' } },
    ],
    listeners: {
      afterrender: () => {
        reload();
        // a node that is slower than this would else have each of its answers dropped for the next one
        const again = () => guarded('timer', () => underWay === 0 && isSeen() && reload());
        if (view.everyMs !== undefined) timer = setInterval(again, view.everyMs);
      },
      destroy: () => clearInterval(timer),
    },
  };
  return { config, reload };
}

/** A failed request as a notice. */
export function failureNotice(error: unknown, say: Say): Notice {
  const { kind, title, text, hint } = failureOf(error, say);
  const icons = {
    'no-permission': 'fa-lock',
    'no-service': 'fa-plug',
    'signed-out': 'fa-sign-in',
    unreachable: 'fa-chain-broken',
    failed: 'fa-times-circle',
  };
  return {
    icon: icons[kind],
    tone: kind === 'failed' ? 'critical' : 'warning',
    title,
    lines: hint === null ? [text] : [text, hint],
  };
}
