// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, type TemplateResult } from 'lit';
import { type UsageSample, usageSeries, withSample } from '../model/usage-series.ts';
import type { UsageValue } from '../model/values.ts';
import '../parts/usage.ts';
import { PanelView } from './view.ts';

/** Samples by GPU. */
type Samples = { readonly [bdf: string]: readonly UsageSample[] };

/** `<pveigpu-usage-view>`: a graph for each GPU, a new measurement with each look. */
class UsageView extends PanelView<Samples> {
  protected override readonly lookAgainMs = 2000;

  protected override async look(): Promise<Samples> {
    const { gpus } = await this.context.api.get<UsageValue>('usage');
    const before = this.value ?? {};
    const atMs = Date.now();
    return Object.fromEntries(gpus.map((usage) => [usage.bdf, withSample(before[usage.bdf] ?? [], { atMs, usage })]));
  }

  protected override body(samples: Samples): TemplateResult {
    const { say } = this.context;
    const all = Object.entries(samples);
    if (all.length === 0) return html`<p class="empty">${say('state.no-gpu')}</p>`;
    return html`${all.map(
      ([bdf, of]) =>
        html`<section class="panel"><h2>${say('field.gpu')} ${bdf}</h2><div class="in"><pveigpu-usage .series=${usageSeries(of, say('view.usage'), say)}></pveigpu-usage></div></section>`,
    )}`;
  }
}

customElements.define('pveigpu-usage-view', UsageView);
