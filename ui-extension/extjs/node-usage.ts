// SPDX-License-Identifier: AGPL-3.0-or-later
import { type UsageSample, usageSeries, withSample } from '../model/usage-series.ts';
import type { UsageValue } from '../model/values.ts';
import { UsagePart } from '../parts/usage.ts';
import { litHost } from './lit-host.ts';
import { liveView, type ShownView } from './live-view.ts';
import { placeOf } from './place.ts';

/** Each look makes the node measure for about a second. */
const EVERY_MS = 3000;

/** How busy each GPU is, as graphs; where nothing can measure it, the reason. */
export function nodeUsage(panel: ExtComponent): ExtConfig {
  const { api, say } = placeOf(panel);
  const graphs = document.createElement('div');
  const parts = new Map<string, { readonly part: UsagePart; samples: readonly UsageSample[] }>();
  const view: ShownView = liveView<UsageValue>(panel, {
    say,
    everyMs: EVERY_MS,
    toolbar: [{ text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() }],
    content: [{ xtype: 'panel', border: false, bodyPadding: 10, items: [litHost(graphs, { itemId: 'usage' })] }],
    load: async () => await api.get<UsageValue>('usage'),
    show: ({ gpus }) => {
      if (gpus.length === 0) return { icon: 'fa-television', tone: 'none', title: say('state.no-gpu'), lines: [] };
      for (const usage of gpus) {
        const of = parts.get(usage.bdf) ?? { part: new UsagePart(), samples: [] };
        if (!parts.has(usage.bdf)) graphs.append(of.part);
        parts.set(usage.bdf, of);
        of.samples = withSample(of.samples, { atMs: Date.now(), usage });
        of.part.series = usageSeries(of.samples, usage.bdf, say);
      }
      return undefined;
    },
  });
  return view.config;
}
