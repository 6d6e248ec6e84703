// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { SliceCell, SliceGpu, SliceMap } from '../model/slice-map.ts';
import { baseStyle } from './base-style.ts';
import { sliceMapStyle } from './slice-map-style.ts';

/** What `slice-select` and `slice-open` carry. */
export interface SliceEventDetail {
  readonly gpu: string;
  readonly cell: SliceCell;
}

/**
 * `<pveigpu-slice-map>`: every slice of every GPU as a box, with whose it is. One stop of the tab key a GPU; arrow keys go from slice to slice.
 * Emits `slice-select` when one is chosen and `slice-open` on Enter or a double click.
 */
export class SliceMapPart extends LitElement {
  static override styles = [baseStyle, sliceMapStyle];
  static override properties = { map: { attribute: false }, chosen: { attribute: false } };

  declare map: SliceMap | undefined;
  /** The id of the chosen slice. */
  declare chosen: string | undefined;

  override render(): TemplateResult | typeof nothing {
    const { map } = this;
    if (map === undefined) return nothing;
    if (map.gpus.length === 0) return html`<p class="muted">${map.empty}</p>`;
    return html`
      ${map.gpus.map((gpu) => this.#gpu(gpu, map))}
      <ul class="legend muted" aria-hidden="true">
        ${map.legend.map(({ state, text }) => html`<li class=${state}>${text}</li>`)}
      </ul>
    `;
  }

  #gpu(gpu: SliceGpu, map: SliceMap): TemplateResult {
    const chosen = gpu.cells.find(({ id }) => id === this.chosen);
    const reachable = chosen ?? gpu.cells[0];
    return html`
      <section>
        <header><h3>${gpu.title}</h3><span class="muted">${gpu.subtitle}</span></header>
        <div class="cells" role="listbox" aria-label=${`${map.label}: ${gpu.title}`} @keydown=${(event: KeyboardEvent) => this.#key(event, gpu)}>
          ${gpu.cells.map((cell) => this.#cell(cell, gpu, cell === chosen, cell === reachable))}
        </div>
        ${gpu.notes.map((note) => html`<p class="muted">${note}</p>`)}
        <div class="details" aria-live="polite">${chosen === undefined ? html`<span class="muted">${map.hint}</span>` : details(chosen)}</div>
      </section>
    `;
  }

  #cell(cell: SliceCell, gpu: SliceGpu, isChosen: boolean, isReachable: boolean): TemplateResult {
    return html`
      <div
        class="cell ${cell.kind} ${cell.state}"
        role="option"
        data-id=${cell.id}
        aria-selected=${isChosen ? 'true' : 'false'}
        tabindex=${isReachable ? 0 : -1}
        @click=${() => this.#choose(cell, gpu)}
        @dblclick=${() => this.#tell('slice-open', cell, gpu)}
      >
        <div class="title">${cell.title}</div>
        <div class="state">${cell.stateText}</div>
        ${cell.owner === null ? nothing : html`<div class="owner">${cell.owner}</div>`}
      </div>
    `;
  }

  #choose(cell: SliceCell, gpu: SliceGpu): void {
    this.chosen = cell.id;
    this.#tell('slice-select', cell, gpu);
  }

  #tell(name: 'slice-select' | 'slice-open', cell: SliceCell, gpu: SliceGpu): void {
    const detail: SliceEventDetail = { gpu: gpu.bdf, cell };
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #key(event: KeyboardEvent, gpu: SliceGpu): void {
    const focused = (event.target as HTMLElement).dataset.id;
    const at = gpu.cells.findIndex(({ id }) => id === focused);
    const cell = gpu.cells[at];
    if (cell === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (event.key === 'Enter' && this.chosen === cell.id) this.#tell('slice-open', cell, gpu);
      else this.#choose(cell, gpu);
      return;
    }
    const next = gpu.cells[nextIndex(event.key, at, gpu.cells.length)];
    if (next === undefined) return;
    event.preventDefault();
    this.#choose(next, gpu);
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus(),
    );
  }
}

function details(cell: SliceCell): TemplateResult {
  return html`<dl>${cell.details.map(({ name, text }) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
}

/** Where an arrow key, Home or End leads to; -1 for any other key and beyond the ends. */
function nextIndex(key: string, at: number, count: number): number {
  if (key === 'ArrowRight' || key === 'ArrowDown') return at + 1;
  if (key === 'ArrowLeft' || key === 'ArrowUp') return at - 1;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : -1;
}

if (!customElements.get('pveigpu-slice-map')) customElements.define('pveigpu-slice-map', SliceMapPart);
