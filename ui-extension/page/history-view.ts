// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit';
import { type HistoryRow, historyRows } from '../model/history-rows.ts';
import { rollbackJob } from '../model/plan-job.ts';
import type { HistoryValue } from '../model/values.ts';
import { icon, toneIcon } from './icons.ts';
import { rowsStyle } from './rows-style.ts';
import { table } from './table.ts';
import { timeText } from './time-text.ts';
import { PanelView } from './view.ts';

/** `<pveigpu-history>`: what was done, newest first, with the way back. */
class HistoryView extends PanelView<HistoryValue> {
  static override styles = [...PanelView.styles, rowsStyle];

  protected override async look(): Promise<HistoryValue> {
    return await this.context.api.get<HistoryValue>('history');
  }

  protected override tools(value: HistoryValue | undefined): TemplateResult | typeof nothing {
    const { say, session } = this.context;
    if (value === undefined || value.runs.length === 0 || !session.may.host) return nothing;
    return html`<button @click=${() => void this.doing(this.context.openJob(rollbackJob('all', say)))}>${icon('back')}${say('button.rollback-all')}</button>`;
  }

  protected override body(value: HistoryValue): TemplateResult {
    const { say } = this.context;
    const rows = historyRows(value, say, timeText);
    return html`
      ${value.unknown.length === 0 ? nothing : html`<div class="notice warning">${toneIcon('warning')}<div><strong>${say('state.partial')}</strong>${value.unknown.map((text) => html`<p>${text}</p>`)}</div></div>`}
      ${rows.length === 0 ? html`<p class="empty">${say('history.empty')}</p>` : html`<section class="panel"><div class="rows">${rows.map((row) => this.#row(row))}</div></section>`}
    `;
  }

  #row(row: HistoryRow): TemplateResult {
    const { say, session } = this.context;
    const columns = [
      { head: say('field.action'), nowrap: true, cell: (step: HistoryRow['steps'][number]) => step.title },
      { head: say('field.subject'), cell: (step: HistoryRow['steps'][number]) => html`<code>${step.subject}</code>` },
      { head: say('field.reason'), cell: (step: HistoryRow['steps'][number]) => step.reason },
      {
        head: say('field.state'),
        cell: ({ state, note }: HistoryRow['steps'][number]) => (note === '' ? state : `${state}: ${note}`),
      },
    ];
    return html`
      <details class="row">
        <summary>
          ${toneIcon(row.tone)}<span class="nowrap">${row.number}</span><span class="nowrap">${row.time}</span>
          <span class="main">${row.title}</span>${row.user === '' ? nothing : html`<span class="muted">${row.user}</span>`}<span class="muted">${row.state}</span>
        </summary>
        <div class="in">
          ${row.failure === null ? nothing : html`<div class="notice critical">${toneIcon('critical')}<div>${row.failure}</div></div>`}
          ${table(`${say('history.steps')}: ${row.title}`, columns, row.steps)}
          ${row.canGoBack && session.may.host ? html`<p><button @click=${() => void this.doing(this.context.openJob(rollbackJob(row.number, say)))}>${icon('back')}${say('button.rollback')}</button></p>` : nothing}
        </div>
      </details>
    `;
  }
}

customElements.define('pveigpu-history', HistoryView);
