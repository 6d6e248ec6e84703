// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit';

/** One column: its head, and what a row shows in it. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => unknown;
  readonly nowrap?: boolean;
}

/** A dense table, which a narrow screen shows as one card a row. */
export function table<Row>(label: string, columns: readonly Column<Row>[], rows: readonly Row[]): TemplateResult {
  return html`
    <table class="cards" aria-label=${label}>
      <thead>
        <tr>
          ${columns.map(({ head }) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr>
            ${columns.map(({ head, cell, nowrap }) => html`<td data-label=${head} class=${nowrap === true ? 'nowrap' : ''}>${inCell(cell(row))}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/** One child, so that a cell that is shown as a card has label and value side by side; none in an empty cell, which a card leaves out. */
function inCell(content: unknown): TemplateResult | typeof nothing {
  return content === nothing || content === '' ? nothing : html`<div>${content}</div>`;
}
