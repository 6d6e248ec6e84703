// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VerifyView } from '../../src/core/inside/verify-view.ts';
import type { PanelApi } from '../model/api.ts';
import { type VerifyShown, verifyShown } from '../model/guest-view.ts';
import type { Say } from '../model/texts/say.ts';
import { gridConfig, showRows } from './grid.ts';
import { guardedWork } from './guarded.ts';
import { cellHtml } from './html.ts';
import { failureNotice } from './live-view.ts';
import { noticeHtml } from './notice.ts';

/** Looks into a guest by its agent and shows what works there. */
export function openVerifyWindow(api: PanelApi, say: Say, vmid: number): void {
  const window = Ext.create('Ext.window.Window', {
    ...{
      title: say('guest.verify'),
      modal: true,
      width: 760,
      height: 440,
      cls: 'pveigpu-window',
      layout: { type: 'vbox', align: 'stretch' },
    },
    items: [
      { xtype: 'component', itemId: 'result', padding: 10, autoEl: { tag: 'div', role: 'status' } },
      gridConfig<VerifyShown['checks'][number]>({
        ...{ itemId: 'checks', title: say('field.check'), showTitle: false, empty: '' },
        columns: [
          { header: say('field.result'), width: 120, cell: ({ tone, level }) => ({ tone, text: level }) },
          {
            header: say('field.check'),
            cell: ({ text, hint, evidence }) => ({ text, lines: [...(hint === '' ? [] : [hint]), ...evidence] }),
          },
        ],
        more: { flex: 1 },
      }),
    ],
    fbar: ['->', { text: say('button.close'), handler: () => window.close() }],
  });
  window.show();
  window.setLoading(say('guest.verify.running'));
  guardedWork('verify', async () => {
    const answer = await api.post<VerifyView>(`guests/${vmid}/verify`).then(
      (view) => ({ view }),
      (error: unknown) => ({ error }),
    );
    if (window.destroyed) return;
    window.setLoading(false);
    if ('error' in answer) return window.down('#result')?.setHtml(noticeHtml(failureNotice(answer.error, say)));
    const { tone, summary, checks, codecs } = verifyShown(answer.view, say);
    window.down('#result')?.setHtml(cellHtml({ tone, text: summary, lines: codecs.map(({ codec, can }) => `${codec}: ${can}`) }));
    showRows(window, 'checks', checks);
    return undefined;
  });
}
