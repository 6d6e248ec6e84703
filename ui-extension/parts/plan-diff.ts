// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { PlanRemark, PlanStep, PlanView } from '../model/plan-view.ts';
import { baseStyle } from './base-style.ts';
import { planDiffStyle } from './plan-diff-style.ts';

/** `<pveigpu-plan-diff>`: what a plan changes, each step with its reason, a coloured unified diff and the command that stands for it. */
export class PlanDiffPart extends LitElement {
  static override styles = [baseStyle, planDiffStyle];
  static override properties = { plan: { attribute: false } };

  declare plan: PlanView | undefined;

  override render(): TemplateResult | typeof nothing {
    const { plan } = this;
    if (plan === undefined) return nothing;
    const { words } = plan;
    const isSaid = plan.remarks.some(({ text }) => text === plan.blocked);
    return html`
      ${plan.blocked === null || isSaid ? nothing : remark({ tone: 'critical', text: plan.blocked, hint: null }, words.blocked)}
      ${plan.remarks.map((one) => remark(one, one.tone === 'critical' ? words.blocked : undefined))}
      ${plan.reboot === null ? nothing : remark({ tone: 'warning', text: plan.reboot, hint: null }, words.reboot)}
      ${plan.isEmpty ? html`<p>${words.empty}</p>` : nothing}
      ${plan.steps.length === 0 ? nothing : html`<h3>${words.steps}</h3>${steps(plan.steps, words.command)}`}
      ${plan.next === null ? nothing : html`<div class="next"><h3>${plan.next.text}</h3>${steps(plan.next.steps, words.command)}</div>`}
    `;
  }
}

function remark({ tone, text, hint }: PlanRemark, title?: string): TemplateResult {
  return html`
    <div class="notice ${tone}">
      ${title === undefined ? nothing : html`<strong>${title}: </strong>`}${text} ${hint === null ? nothing : html`<p class="muted">${hint}</p>`}
    </div>
  `;
}

function steps(all: readonly PlanStep[], commandWord: string): TemplateResult {
  return html`<ol>${all.map((step) => oneStep(step, commandWord))}</ol>`;
}

function oneStep({ number, title, subject, reason, lines, command, does }: PlanStep, commandWord: string): TemplateResult {
  return html`
    <li>
      <span class="number">${number}.</span>
      <div>
        <div><span class="title">${title}</span> <span class="subject mono">${subject}</span></div>
        <div class="muted">${reason}</div>
        ${lines.length === 0 ? nothing : html`<pre tabindex="0" role="group" aria-label=${subject}>${lines.map(({ kind, text }) => html`<span class=${kind}>${text === '' ? ' ' : text}</span>`)}</pre>`}
        ${command === null ? nothing : html`<details><summary>${commandWord}</summary><code>${command}</code>${does === null ? nothing : html`<span class="muted">${does}</span>`}</details>`}
      </div>
    </li>
  `;
}

if (!customElements.get('pveigpu-plan-diff')) customElements.define('pveigpu-plan-diff', PlanDiffPart);
