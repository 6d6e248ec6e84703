// SPDX-License-Identifier: AGPL-3.0-or-later
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import type { UsageSeries } from '../model/usage-series.ts';
import { baseStyle } from './base-style.ts';

/** Lines that can be told from each other in both themes, also with weak colour vision (Okabe and Ito 2008, without the pale yellow). */
const LINES = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9'];

/** Height of one graph. */
const HEIGHT_PX = 180;

/** `<pveigpu-usage>`: how busy the engines of one GPU are, as a graph over time, or the reason why nobody knows. */
export class UsagePart extends LitElement {
  static override styles = [
    baseStyle,
    css`
      h3 {
        margin: 0 0 4px;
        font-size: 13px;
      }
      /* what uPlot's own style sheet says of its layers; legend and cursor are not used */
      .uplot {
        width: min-content;
      }
      .u-wrap {
        position: relative;
      }
      .u-over,
      .u-under,
      .u-axis {
        position: absolute;
      }
      .uplot canvas {
        display: block;
        position: relative;
        width: 100%;
        height: 100%;
      }
      .plot {
        min-height: ${HEIGHT_PX}px;
      }
      .why {
        padding: 8px 10px;
        border-left: 4px solid var(--pveigpu-none-mark);
        background: var(--pveigpu-none-bg);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 6px 0 0;
        padding: 0;
        list-style: none;
      }
      .swatch {
        display: inline-block;
        width: 12px;
        height: 12px;
        margin-right: 5px;
        vertical-align: -2px;
      }
    `,
  ];
  static override properties = { series: { attribute: false } };

  declare series: UsageSeries | undefined;
  #plot: uPlot | undefined;
  #shown = '';
  readonly #sizes = new ResizeObserver(() => this.#plot?.setSize(this.#size()));

  override render(): TemplateResult | typeof nothing {
    const { series } = this;
    if (series === undefined) return nothing;
    if (series.why !== null)
      return html`<h3>${series.title}</h3><div class="why"><strong>${series.words.unavailable}.</strong> ${series.why}</div>`;
    return html`
      <h3>${series.title}</h3>
      <div class="plot" role="img" aria-label=${series.title}></div>
      ${series.times.length === 0 ? html`<p class="muted">${series.words.waiting}</p>` : nothing}
      <ul>
        ${series.engines.map(({ name, percents }, at) => html`<li><canvas class="swatch" width="12" height="12" data-line=${at}></canvas>${name}: ${percentText(percents.at(-1))} %</li>`)}
        ${series.facts.map(({ name, text }) => html`<li class="muted">${name}: ${text}</li>`)}
      </ul>
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('series')) this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #draw(): void {
    const { series } = this;
    const place = this.renderRoot.querySelector<HTMLElement>('.plot');
    const names = series?.engines.map(({ name }) => name).join('\n') ?? '';
    if (this.#plot !== undefined && (place === null || names !== this.#shown)) {
      this.#plot.destroy();
      this.#plot = undefined;
    }
    if (series === undefined || place === null) return;
    for (const swatch of this.renderRoot.querySelectorAll<HTMLCanvasElement>('.swatch')) paint(swatch);
    const data: uPlot.AlignedData = [[...series.times], ...series.engines.map(({ percents }) => [...percents])];
    if (this.#plot !== undefined) {
      this.#plot.setData(data);
      return;
    }
    this.#shown = names;
    this.#plot = new uPlot(this.#options(series), data, place);
    this.#sizes.observe(this);
  }

  #size(): { readonly width: number; readonly height: number } {
    return { width: Math.max(200, this.clientWidth), height: HEIGHT_PX };
  }

  #options({ engines }: UsageSeries): uPlot.Options {
    const style = getComputedStyle(this);
    const colour = (name: string) => style.getPropertyValue(`--pveigpu-${name}`).trim() || '#808080';
    const axis = { stroke: () => colour('muted'), grid: { stroke: () => colour('line'), width: 1 }, ticks: { show: false } };
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: [0, 100] } },
      axes: [
        { ...axis, space: 80, values: (_plot, ticks) => ticks.map(clock) },
        { ...axis, size: 50, values: (_plot, ticks) => ticks.map((tick) => `${tick} %`) },
      ],
      series: [{}, ...engines.map(({ name }, at) => ({ label: name, stroke: lineOf(at), width: 2, spanGaps: false }))],
    };
  }
}

/** Seconds since 1970 as a clock of the browser's own zone shows them, with 24 hours as everywhere in PVE. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

function percentText(percent: number | null | undefined): string {
  return typeof percent === 'number' ? String(Math.round(percent)) : '-';
}

function lineOf(at: number): string {
  return LINES[at % LINES.length] ?? '#808080';
}

/** A small square in the colour of its line; drawn, since a style in the text would need a weaker content security policy. */
function paint(swatch: HTMLCanvasElement): void {
  const pen = swatch.getContext('2d');
  if (pen === null) return;
  pen.fillStyle = lineOf(Number(swatch.dataset.line));
  pen.fillRect(0, 0, swatch.width, swatch.height);
}

if (!customElements.get('pveigpu-usage')) customElements.define('pveigpu-usage', UsagePart);
