// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { type Failure, failureOf } from '../model/failure.ts';
import { baseStyle } from '../parts/base-style.ts';
import type { PageContext } from './context.ts';
import { failureNotice } from './failure-notice.ts';
import { icon } from './icons.ts';
import { pageStyle } from './page-style.ts';

/** A view of the page: looks when it appears, shows what it found, or why it could not. */
export abstract class PanelView<Value> extends LitElement {
  static override styles = [baseStyle, pageStyle];
  static override properties = {
    context: { attribute: false },
    value: { state: true },
    failure: { state: true },
    busy: { state: true },
  };

  declare context: PageContext;
  declare value: Value | undefined;
  declare failure: Failure | undefined;
  declare busy: boolean;
  /** How often it looks again by itself, in milliseconds; 0 for never. PVE's own grids do so every 5000 (HardwareView.js). */
  protected readonly lookAgainMs: number = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looks = 0;

  /** Asks the node. */
  protected abstract look(): Promise<Value>;
  /** Shows the answer. */
  protected abstract body(value: Value): TemplateResult;
  /** Buttons behind "Reload". */
  protected tools(_value: Value | undefined): TemplateResult | typeof nothing {
    return nothing;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
    if (this.lookAgainMs > 0)
      this.#timer = setInterval(() => {
        if (document.visibilityState === 'visible' && !this.busy) void this.reload();
      }, this.lookAgainMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  /** Looks again; an answer that was overtaken by a later one is dropped. */
  async reload(): Promise<void> {
    this.#looks += 1;
    const look = this.#looks;
    this.busy = true;
    try {
      const value = await this.look();
      if (look !== this.#looks) return;
      this.value = value;
      this.failure = undefined;
    } catch (error) {
      if (look === this.#looks) this.failure = failureOf(error, this.context.say);
    }
    if (look === this.#looks) this.busy = false;
  }

  /** Does something that may change the node, and looks again when it did. */
  protected async doing(work: Promise<boolean>): Promise<void> {
    if (await work) await this.reload();
  }

  override render(): TemplateResult {
    const { say } = this.context;
    const isFirst = this.value === undefined && this.failure === undefined;
    return html`
      <div class="toolbar" role="toolbar" aria-label=${say('view.navigation')}>
        <button @click=${() => void this.reload()}>${icon('reload')}${say('button.reload')}</button>
        ${this.tools(this.value)}
      </div>
      <div class="body" aria-busy=${this.busy ? 'true' : 'false'}>
        ${this.failure === undefined ? nothing : failureNotice(this.failure)}
        ${isFirst ? html`<p class="empty" role="status">${say('state.loading')}</p>` : nothing}
        ${this.value === undefined ? nothing : this.body(this.value)}
      </div>
    `;
  }
}
