// SPDX-License-Identifier: AGPL-3.0-or-later

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { NeedsView } from '../../src/core/inside/needs-view.ts';
import type { VerifyView } from '../../src/core/inside/verify-view.ts';
import { failureOf } from '../model/failure.ts';
import {
  type GuestOfferRow,
  type GuestShown,
  guestShown,
  type VerifyShown,
  verifyShown,
  whyNotLook,
} from '../model/guest-view.ts';
import { assignJob, unassignJob } from '../model/plan-job.ts';
import type { GuestValue } from '../model/values.ts';
import { failureNotice } from './failure-notice.ts';
import { icon, toneIcon } from './icons.ts';
import { table } from './table.ts';
import { PanelView } from './view.ts';

/** `<pveigpu-guest>`: what one guest has and could have, what it still needs inside, and whether it works there. */
class GuestView extends PanelView<GuestValue> {
  static override properties = { ...PanelView.properties, vmid: { attribute: false }, verified: { state: true } };
  declare vmid: number;
  /** Rarer than PVE's 5000: each look plans every slice that the guest could have. */
  protected override readonly lookAgainMs = 15_000;
  /** What the guest itself said it needs; kept while it is shown. */
  #asked: GuestValue['needs'] = null;
  /** What the last look into the guest said. */
  declare verified: TemplateResult | undefined;

  protected override async look(): Promise<GuestValue> {
    const value = await this.context.api.get<GuestValue>(`guests/${this.vmid}`);
    return this.#asked === null || value.needs === null ? value : { ...value, needs: this.#asked };
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('vmid') || changed.get('vmid') === undefined) return;
    this.value = undefined;
    this.verified = undefined;
    this.#asked = null;
    void this.reload();
  }

  protected override tools(value: GuestValue | undefined): TemplateResult {
    const { say } = this.context;
    return html`
      <button @click=${() => this.context.go('guests')}>${icon('back')}${say('view.guests')}</button>
      ${
        value === undefined || value.has.length === 0
          ? nothing
          : html`<button @click=${() => void this.doing(this.context.openJob(unassignJob(value, say)))}>${icon('remove')}${say('button.unassign')}</button>
              ${this.#lookTools(value)}`
      }
    `;
  }

  #lookTools(value: GuestValue): TemplateResult {
    const { say } = this.context;
    const why = whyNotLook(value, say);
    if (why !== null) return html`<span class="muted">${why}</span>`;
    return html`
      <button @click=${() => void this.#verify()}>${icon('look')}${say('button.verify')}</button>
      <button ?disabled=${this.busy} @click=${() => void this.#ask(value)}>${icon('guests')}${say('button.ask')}</button>
    `;
  }

  protected override body(value: GuestValue): TemplateResult {
    const { say } = this.context;
    const shown = guestShown(value, say);
    return html`
      ${shown.notices.map((text) => html`<div class="notice info" role="status">${toneIcon('info')}<div>${text}</div></div>`)}
      <section class="panel">
        <h2>${shown.title} · ${shown.state}</h2>
        ${shown.has.length === 0 ? html`<p class="empty">${say('guest.has.none')}</p>` : this.#has(shown)}
      </section>
      ${this.verified === undefined ? nothing : html`<section class="panel" aria-live="polite"><h2>${say('guest.verify')}</h2><div class="in">${this.verified}</div></section>`}
      <section class="panel">
        <h2>${say('guest.could')}</h2>
        ${shown.could.length === 0 ? html`<p class="empty">${say('guest.could.none')}</p>` : this.#could(value, shown.could)}
      </section>
      ${value.has.length === 0 ? nothing : this.#needs(shown)}
    `;
  }

  #has({ has }: GuestShown): TemplateResult {
    const { say } = this.context;
    type Row = GuestShown['has'][number];
    const columns = [
      {
        head: say('field.slice'),
        cell: ({ form, tags }: Row) => html`${form} ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}`,
      },
      { head: say('field.key'), nowrap: true, cell: ({ key }: Row) => html`<code>${key}</code>` },
      { head: say('field.value'), cell: ({ value }: Row) => html`<code>${value}</code>` },
      { head: say('field.state'), cell: ({ state }: Row) => state },
      { head: say('field.holders'), cell: ({ holds }: Row) => holds },
    ];
    return table(say('guest.has'), columns, has);
  }

  #could(value: GuestValue, rows: readonly GuestOfferRow[]): TemplateResult {
    const { say } = this.context;
    const assign = (row: GuestOfferRow) => void this.doing(this.context.openJob(assignJob(value, row.offer.input, say)));
    const columns = [
      { head: say('field.slice'), cell: ({ title }: GuestOfferRow) => title },
      { head: say('field.mode'), nowrap: true, cell: ({ offer }: GuestOfferRow) => say(`mode.${offer.mode}.short`) },
      { head: say('field.key'), cell: ({ keys }: GuestOfferRow) => (keys === '' ? nothing : html`<code>${keys}</code>`) },
      {
        head: say('field.action'),
        cell: (row: GuestOfferRow) =>
          row.whyNot === null
            ? html`<button aria-label=${`${say('button.assign')}: ${row.title}`} @click=${() => assign(row)}>${icon('plus')}${say('button.assign')}</button>`
            : html`<span class="muted">${row.whyNot}</span>`,
      },
    ];
    return table(say('guest.could'), columns, rows);
  }

  #needs({ needs, unseen }: GuestShown): TemplateResult {
    const { say } = this.context;
    const open = needs.filter(({ done }) => !done);
    type Row = GuestShown['needs'][number];
    const columns = [
      {
        head: say('field.step'),
        cell: ({ text, commands }: Row) =>
          html`${text}${commands.length === 0 ? nothing : html`<code class="block">${commands.join('\n')}</code>`}`,
      },
      { head: say('field.by'), cell: ({ by }: Row) => by },
    ];
    return html`
      <section class="panel">
        <h2>${say('guest.needs')}</h2>
        ${unseen === null ? nothing : html`<div class="in muted">${unseen}</div>`}
        ${open.length === 0 ? html`<p class="empty">${say('guest.needs.none')}</p>` : table(say('guest.needs'), columns, open)}
      </section>
    `;
  }

  /** Looks inside what is still missing there, which the view itself does not do: it costs the guest seconds. */
  async #ask(value: GuestValue): Promise<void> {
    const { api, say } = this.context;
    this.busy = true;
    try {
      this.value = { ...value, needs: await api.post<NeedsView>(`guests/${this.vmid}/needs`) };
      this.#asked = this.value.needs;
    } catch (error) {
      this.failure = failureOf(error, say);
    }
    this.busy = false;
  }

  async #verify(): Promise<void> {
    const { api, say } = this.context;
    this.verified = html`<span role="status">${say('guest.verify.running')}</span>`;
    try {
      this.verified = this.#verifyResult(verifyShown(await api.post<VerifyView>(`guests/${this.vmid}/verify`), say));
    } catch (error) {
      this.verified = failureNotice(failureOf(error, say));
    }
  }

  #verifyResult({ tone, summary, checks, codecs }: VerifyShown): TemplateResult {
    const { say } = this.context;
    type Row = VerifyShown['checks'][number];
    const columns = [
      { head: say('field.result'), nowrap: true, cell: (row: Row) => html`${toneIcon(row.tone)} ${row.level}` },
      {
        head: say('field.check'),
        cell: ({ text, hint }: Row) => html`${text}${hint === '' ? nothing : html`<div class="muted">${hint}</div>`}`,
      },
    ];
    return html`
      <div class="notice ${tone}" role="status">${toneIcon(tone)}<div>${summary}</div></div>
      ${table(say('guest.verify'), columns, checks)}
      ${codecs.map(({ codec, can }) => html`<span class="tag">${codec}: ${can}</span>`)}
    `;
  }
}

customElements.define('pveigpu-guest', GuestView);
