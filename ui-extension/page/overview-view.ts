// SPDX-License-Identifier: AGPL-3.0-or-later

import { html, nothing, type TemplateResult } from 'lit';
import type { MachineVerdict } from '../../src/core/gpu/verdict.ts';
import type { MdevListView } from '../../src/core/mdev/mdev-list-view.ts';
import type { MdevTypesView } from '../../src/core/mdev/mdev-types-view.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import { type Notice, noticesOf } from '../model/notices.ts';
import { confirmJob } from '../model/plan-job.ts';
import { sliceMapOf } from '../model/slices.ts';
import { cannotBeShared, type VerdictGpu, type VerdictRow, verdictShown } from '../model/verdict-rows.ts';
import '../parts/slice-map.ts';
import type { SliceEventDetail } from '../parts/slice-map.ts';
import { icon, toneIcon } from './icons.ts';
import { table } from './table.ts';
import { PanelView } from './view.ts';

interface Overview {
  readonly status: StatusView;
  readonly verdict: MachineVerdict;
  readonly mdevs: MdevListView;
  readonly types: MdevTypesView;
}

/** `<pveigpu-overview>`: what waits, the slice map, and what each GPU can do. */
class OverviewView extends PanelView<Overview> {
  protected override readonly lookAgainMs = 5000;

  protected override async look(): Promise<Overview> {
    const { api } = this.context;
    const [status, verdict, mdevs, types] = await Promise.all([
      api.get<StatusView>('status'),
      api.get<MachineVerdict>('verdict'),
      api.get<MdevListView>('mdevs'),
      api.get<MdevTypesView>('mdev-types'),
    ]);
    return { status, verdict, mdevs, types };
  }

  protected override tools(value: Overview | undefined): TemplateResult | typeof nothing {
    const { say, session } = this.context;
    if (value === undefined) return nothing;
    const gpus = verdictShown(value.verdict, value.status, say).gpus.filter(({ isIntel }) => isIntel);
    if (!session.may.host) return nothing;
    return html`${gpus.map(
      (gpu) => html`<button class="primary" @click=${() => void this.doing(this.context.openSetup(gpu))}>
        ${icon('setup')}${gpus.length === 1 ? say('button.setup') : `${say('button.setup')}: ${gpu.bdf}`}
      </button>`,
    )}`;
  }

  protected override body({ status, verdict, mdevs, types }: Overview): TemplateResult {
    const { say, session } = this.context;
    const shown = verdictShown(verdict, status, say);
    const { node } = status;
    return html`
      ${session.may.host ? nothing : html`<div class="notice info">${toneIcon('info')}<div>${say('app.readonly', { reason: session.may.whyNotHost ?? '' })}</div></div>`}
      ${noticesOf(status, session, say).map((notice) => this.#notice(notice))}
      ${shown.none === null ? nothing : html`<div class="notice warning" role="status">${toneIcon('warning')}<div><strong>${say('state.no-gpu')}</strong><p>${shown.none}</p></div></div>`}
      ${cannotBeShared(shown.gpus) ? html`<div class="notice info" role="status">${toneIcon('info')}<div><strong>${say('state.unsupported')}</strong><p>${say('state.unsupported.hint')}</p></div></div>` : nothing}
      <section class="panel">
        <h2>${say('app.node', { node: node.name })}</h2>
        <div class="in">${say('field.kernel')} ${node.kernel ?? say('state.unknown')} · ${say('field.version')} ${node.pveVersion ?? say('state.none')}</div>
      </section>
      ${
        status.gpus.length === 0
          ? nothing
          : html`<section class="panel">
              <h2>${say('slices.title')}</h2>
              <div class="in"><pveigpu-slice-map .map=${sliceMapOf(status, { mdevs: mdevs.mdevs, types: types.gpus }, say)} @slice-open=${this.#open}></pveigpu-slice-map></div>
            </section>`
      }
      ${shown.gpus.map((gpu) => this.#gpu(gpu))}
      ${shown.remarks.map((text) => html`<div class="notice info">${toneIcon('info')}<div>${text}</div></div>`)}
    `;
  }

  #notice({ tone, title, texts, offer }: Notice): TemplateResult {
    const { say } = this.context;
    return html`
      <div class="notice ${tone}" role="status">
        ${toneIcon(tone)}
        <div><strong>${title}</strong>${texts.map((text) => html`<p>${text}</p>`)}</div>
        ${offer === null ? nothing : html`<button class="primary" @click=${() => void this.doing(this.context.openJob(confirmJob(say)))}>${say('button.confirm')}</button>`}
      </div>
    `;
  }

  #gpu(gpu: VerdictGpu): TemplateResult {
    const { say } = this.context;
    const columns = [
      {
        head: say('field.mode'),
        cell: ({ title, tags }: VerdictRow) =>
          html`<strong>${title}</strong><div>${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</div>`,
      },
      { head: say('field.answer'), nowrap: true, cell: ({ tone, answer }: VerdictRow) => html`${toneIcon(tone)} ${answer}` },
      { head: say('field.reason'), cell: (row: VerdictRow) => reasons(row, say('field.evidence')) },
      {
        head: say('field.needs'),
        cell: ({ needs }: VerdictRow) =>
          needs.length === 0 ? nothing : html`<ul class="plain">${needs.map((need) => html`<li>${need}</li>`)}</ul>`,
      },
    ];
    return html`
      <section class="panel">
        <h2>${gpu.title}</h2>
        <div class="in muted">${gpu.bdf} · ${gpu.id} · ${say('field.driver')} ${gpu.driver}${gpu.isIntel ? html`<br />${gpu.recommended}` : nothing}</div>
        ${table(`${say('verdict.title')}: ${gpu.title}`, columns, gpu.rows)}
      </section>
    `;
  }

  #open(event: CustomEvent<SliceEventDetail>): void {
    const [vmid] = event.detail.cell.vmids;
    if (vmid !== undefined) this.context.go(`guests/${vmid}`);
  }
}

function reasons({ reasons: all }: VerdictRow, evidenceWord: string): TemplateResult {
  const evidence = all.flatMap((one) => one.evidence);
  return html`
    ${all.map(({ text }) => html`<div>${text}</div>`)}
    ${evidence.length === 0 ? nothing : html`<details class="muted"><summary>${evidenceWord}</summary><code class="block">${evidence.join('\n')}</code></details>`}
  `;
}

customElements.define('pveigpu-overview', OverviewView);
