// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Failure, failureOf } from '../model/failure.ts';
import { couldForce, isForPve, type PlanJob, planOf, runPlan, setupJob, whyNotRun } from '../model/plan-job.ts';
import { planView } from '../model/plan-view.ts';
import { setupChoices } from '../model/setup-choices.ts';
import type { TaskEnd } from '../model/task.ts';
import type { Planned } from '../model/values.ts';
import type { VerdictGpu } from '../model/verdict-rows.ts';
import { baseStyle } from '../parts/base-style.ts';
import '../parts/plan-diff.ts';
import type { PageContext } from './context.ts';
import { dialogStyle } from './dialog-style.ts';
import { failureNotice } from './failure-notice.ts';
import { icon, toneIcon } from './icons.ts';
import { pageStyle } from './page-style.ts';
import { type Chosen, setupStep } from './setup-step.ts';

/** Between two looks at a running task; PVE's task window uses a second too (TaskViewer.js). */
const LOOK_MS = 1000;

type Phase = 'mode' | 'plan' | 'apply' | 'done';

/** What the dialog is opened for: a job, or a GPU whose mode is chosen first. */
export type PlanTopic = { readonly job: PlanJob } | { readonly gpu: VerdictGpu };

/** `<pveigpu-plan-dialog>`: choose, look at the plan, agree, follow the task, hear what is left to do. Emits `plan-closed` with whether it ran. */
export class PlanDialog extends LitElement {
  static override styles = [baseStyle, pageStyle, dialogStyle];
  static override properties = {
    ...{ context: { attribute: false }, topic: { attribute: false }, phase: { state: true }, chosen: { state: true } },
    ...{ job: { state: true }, planned: { state: true }, failure: { state: true }, lines: { state: true }, end: { state: true } },
    ...{ force: { state: true } },
  };

  declare context: PageContext;
  declare topic: PlanTopic;
  declare phase: Phase;
  declare chosen: Chosen | undefined;
  declare job: PlanJob | undefined;
  declare planned: Planned | undefined;
  declare failure: Failure | undefined;
  declare lines: readonly string[];
  declare end: TaskEnd | undefined;
  declare force: boolean;
  #hasRun = false;

  constructor() {
    super();
    this.phase = 'plan';
    this.lines = [];
    this.force = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if ('job' in this.topic) {
      void this.#plan(this.topic.job, false);
      return;
    }
    this.phase = 'mode';
    const { first, choices } = setupChoices(this.topic.gpu);
    const inUse = choices.find(({ mode, isPossible }) => isPossible && mode === first);
    this.chosen = inUse === undefined ? undefined : { mode: inUse.mode, vfs: null };
  }

  override firstUpdated(): void {
    this.#dialog?.showModal();
  }

  override updated(changed: PropertyValues<this>): void {
    const log = this.renderRoot.querySelector('.log');
    if (changed.has('lines') && log !== null) log.scrollTop = log.scrollHeight;
  }

  override render(): TemplateResult {
    const { say } = this.context;
    const title =
      'job' in this.topic ? this.topic.job.title : say('setup.title', { gpu: `${this.topic.gpu.title} (${this.topic.gpu.bdf})` });
    const phases: readonly Phase[] = 'job' in this.topic ? ['plan', 'apply', 'done'] : ['mode', 'plan', 'apply', 'done'];
    return html`
      <dialog aria-labelledby="title" @cancel=${(event: Event) => event.preventDefault()} @keydown=${this.#escape} @close=${this.#closed}>
        <div class="title">
          <h1 id="title">${title}</h1>
          <button aria-label=${say('button.close')} @click=${this.#close}>${icon('critical')}</button>
        </div>
        <ol class="steps">
          ${phases.map((phase, at) => html`<li aria-current=${phase === this.phase ? 'step' : nothing}>${at + 1}. ${say(`setup.step.${phase}`)}</li>`)}
        </ol>
        <div class="content">${this.failure === undefined ? nothing : failureNotice(this.failure)}${this.#content()}</div>
        <div class="buttons">${this.#buttons()}</div>
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  #content(): TemplateResult | typeof nothing {
    const { say } = this.context;
    if (this.phase === 'mode' && 'gpu' in this.topic)
      return setupStep(setupChoices(this.topic.gpu).choices, this.chosen, say, (chosen) => {
        this.chosen = chosen;
      });
    if (this.phase === 'plan') {
      if (this.planned === undefined)
        return this.failure === undefined ? html`<p class="empty" role="status">${say('setup.planning')}</p>` : nothing;
      const why = this.#isEmpty ? null : whyNotRun(this.planned, this.context.session, say);
      return html`
        <pveigpu-plan-diff .plan=${planView(this.planned, say)}></pveigpu-plan-diff>
        ${why === null ? nothing : html`<div class="notice warning" role="status">${toneIcon('warning')}<div>${why}</div></div>`}
      `;
    }
    return html`${this.phase === 'apply' ? this.#progress() : this.#result()}${this.#log()}`;
  }

  #progress(): TemplateResult {
    const { say } = this.context;
    return html`<p role="status">${isForPve(this.planned?.requests ?? null) ? say('task.running') : say('setup.applying')}</p><progress aria-label=${say('task.running')}></progress>`;
  }

  #log(): TemplateResult | typeof nothing {
    if (this.lines.length === 0) return nothing;
    return html`<div class="log" role="log" tabindex="0" aria-label=${this.context.say('task.log')}>${this.lines.join('\n')}</div>`;
  }

  #result(): TemplateResult | typeof nothing {
    const { say } = this.context;
    const { end, planned } = this;
    if (end === undefined || planned === undefined) return nothing;
    if (!end.ok)
      return html`<div class="notice critical" role="alert">${toneIcon('critical')}<div><strong>${say('setup.failed', { status: end.exitStatus })}</strong><p>${say('setup.failed.hint')}</p></div></div>`;
    const { reboot } = planned.plan;
    if (reboot === null)
      return html`<div class="notice good" role="status">${toneIcon('good')}<div>${say('setup.done')}</div></div>`;
    return html`
      <div class="notice warning" role="status">
        ${toneIcon('warning')}
        <div><strong>${say('setup.reboot-notice')}</strong><p>${say('setup.done.reboot', { reason: reboot })}</p><p>${say('setup.done.confirm')}</p></div>
      </div>
    `;
  }

  #buttons(): TemplateResult {
    const { say } = this.context;
    const close = html`<button @click=${this.#close}>${say('button.close')}</button>`;
    if (this.phase === 'mode')
      return html`${close}<button class="primary" ?disabled=${this.chosen === undefined} @click=${this.#next}>${say('button.plan')}</button>`;
    if (this.phase !== 'plan') return close;
    const { planned, job } = this;
    const canForce = planned !== undefined && job !== undefined && couldForce(job, planned);
    return html`
      ${canForce || this.force ? html`<label class="fill"><input type="checkbox" .checked=${this.force} @change=${this.#switchForce} /> ${say('setup.force')}</label>` : nothing}
      ${'gpu' in this.topic ? html`<button @click=${this.#back}>${say('button.back')}</button>` : close}
      <button class="primary" ?disabled=${!this.#canRun} @click=${() => void this.#run()}>${say('button.apply')}</button>
    `;
  }

  get #isEmpty(): boolean {
    return this.planned !== undefined && this.planned.plan.changes.length === 0 && this.planned.plan.next === undefined;
  }

  get #canRun(): boolean {
    const { planned, job, context } = this;
    if (planned === undefined || job === undefined || this.#isEmpty) return false;
    const isBlocked = planned.blocked !== null && !(this.force && couldForce(job, planned));
    return !isBlocked && whyNotRun(planned, context.session, context.say) === null;
  }

  #next = (): void => {
    if (this.chosen === undefined || !('gpu' in this.topic)) return;
    const { mode, vfs } = this.chosen;
    void this.#plan(setupJob(this.topic.gpu.bdf, { mode, ...(vfs === null ? {} : { vfs }) }, this.context.say), false);
  };

  #back = (): void => {
    this.phase = 'mode';
    this.failure = undefined;
  };

  #switchForce = (event: Event): void => {
    if (this.job !== undefined) void this.#plan(this.job, (event.target as HTMLInputElement).checked);
  };

  async #plan(job: PlanJob, force: boolean): Promise<void> {
    this.phase = 'plan';
    this.job = job;
    this.force = force;
    this.planned = undefined;
    this.failure = undefined;
    try {
      const planned = await planOf(this.context.api, job, force);
      if (this.job === job) this.planned = planned;
    } catch (error) {
      if (this.job === job) this.failure = failureOf(error, this.context.say);
    }
  }

  async #run(): Promise<void> {
    const { job, planned, force, context } = this;
    if (job === undefined || planned === undefined) return;
    this.phase = 'apply';
    this.failure = undefined;
    this.#hasRun = true;
    try {
      this.end = await runPlan(context.api, job, planned, {
        force,
        onLine: (line) => {
          this.lines = [...this.lines, line];
        },
        wait: async () => await new Promise((resolve) => setTimeout(resolve, LOOK_MS)),
      });
    } catch (error) {
      this.failure = failureOf(error, context.say);
    }
    this.phase = 'done';
  }

  #escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#close();
  };

  #close = (): void => this.#dialog?.close();

  #closed = (): void => {
    this.dispatchEvent(new CustomEvent<boolean>('plan-closed', { detail: this.#hasRun }));
  };
}

customElements.define('pveigpu-plan-dialog', PlanDialog);
