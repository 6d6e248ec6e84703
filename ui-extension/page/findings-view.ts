// SPDX-License-Identifier: AGPL-3.0-or-later

import { html, nothing, type TemplateResult } from 'lit';
import type { DoctorView } from '../../src/core/doctor/doctor-view.ts';
import { type FindingRow, findingsShown } from '../model/finding-rows.ts';
import { icon, toneIcon } from './icons.ts';
import { rowsStyle } from './rows-style.ts';
import { table } from './table.ts';
import { PanelView } from './view.ts';

/** `<pveigpu-findings>`: what doctor says, each problem with its evidence and what to do. */
class FindingsView extends PanelView<DoctorView> {
  static override styles = [...PanelView.styles, rowsStyle];
  #isDeep = false;

  protected override async look(): Promise<DoctorView> {
    return await this.context.api.get<DoctorView>('findings', this.#isDeep ? { deep: '1' } : {});
  }

  protected override tools(value: DoctorView | undefined): TemplateResult | typeof nothing {
    if (value === undefined) return nothing;
    const deeper = () => {
      this.#isDeep = true;
      void this.reload();
    };
    return html`<button ?disabled=${value.deep} @click=${deeper}>${icon('look')}${this.context.say('button.look-deeper')}</button>`;
  }

  protected override body(value: DoctorView): TemplateResult {
    const { say } = this.context;
    const { tone, summary, rows, unmeasured, switches } = findingsShown(value, say);
    const of = (group: FindingRow['group']) => rows.filter((row) => row.group === group);
    return html`
      <div class="notice ${tone}" role="status">${toneIcon(tone)}<div>${summary}</div></div>
      ${this.#group(null, of('problems'))} ${this.#group(say('findings.advice'), of('advice'))}
      ${this.#group(say('findings.notes'), of('notes'))}
      ${
        unmeasured.length === 0
          ? nothing
          : html`<section class="panel">
              <h2>${say('findings.unmeasured')}</h2>
              ${table(
                say('findings.unmeasured'),
                [
                  { head: say('field.check'), cell: ({ id }) => html`<code>${id}</code>` },
                  { head: say('field.reason'), cell: ({ because }) => because },
                ],
                unmeasured,
              )}
            </section>`
      }
      ${
        switches.length === 0
          ? nothing
          : html`<section class="panel">
              <h2>${say('findings.switches')}</h2>
              ${table(
                say('findings.switches'),
                [
                  { head: say('field.name'), cell: ({ name }) => name },
                  { head: say('field.value'), cell: ({ setting }) => setting },
                  { head: say('field.reason'), cell: ({ because }) => because },
                ],
                switches,
              )}
            </section>`
      }
    `;
  }

  #group(title: string | null, rows: readonly FindingRow[]): TemplateResult | typeof nothing {
    if (rows.length === 0) return nothing;
    return html`<section class="panel">${title === null ? nothing : html`<h2>${title}</h2>`}<div class="rows">${rows.map((row) => this.#row(row))}</div></section>`;
  }

  #row(row: FindingRow): TemplateResult {
    const { say } = this.context;
    return html`
      <details class="row depth-${Math.min(row.depth, 3)}">
        <summary>
          ${toneIcon(row.tone)}<span class="short">${row.severityText}</span>
          <span class="main">${row.title}${row.subject === '' ? nothing : html` <span class="muted">${row.subject}</span>`}${row.depth === 0 ? nothing : html` <span class="muted">(${say('findings.consequence')})</span>`}</span>
        </summary>
        <dl>
          <dt>${say('field.reason')}</dt>
          <dd>${row.because}</dd>
          <dt>${say('field.remedy')}</dt>
          <dd>${row.remedy}${row.command === null ? nothing : html`<code class="block">${row.command}</code>`}</dd>
          <dt>${say('field.evidence')}</dt>
          <dd><code class="block">${row.evidence.join('\n')}</code></dd>
          <dt>${say('field.reference')}</dt>
          <dd>${row.reference} <span class="muted">(${row.id})</span></dd>
        </dl>
      </details>
    `;
  }
}

customElements.define('pveigpu-findings', FindingsView);
