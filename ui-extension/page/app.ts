// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { type Failure, failureOf } from '../model/failure.ts';
import { type Language, sayIn } from '../model/texts/say.ts';
import type { Session } from '../model/values.ts';
import { baseStyle } from '../parts/base-style.ts';
import { applyTheme } from '../parts/theme.ts';
import { appStyle } from './app-style.ts';
import type { PageContext } from './context.ts';
import { failureNotice } from './failure-notice.ts';
import './findings-view.ts';
import './guests-view.ts';
import { demoBar, type HeadEvents, head } from './head.ts';
import './history-view.ts';
import { icon } from './icons.ts';
import './overview-view.ts';
import { pageStyle } from './page-style.ts';
import { PLACES, type Place, placeOf } from './places.ts';
import './plan-dialog.ts';
import type { PlanTopic } from './plan-dialog.ts';
import { chooseLanguage, chooseTheme, languageNow, themeNow } from './preferences.ts';
import './roms-view.ts';
import { changePersona, rebootDemo, type Start, startPage } from './start.ts';
import './usage-view.ts';

/** `<pveigpu-app>`: the stand-alone page. */
class App extends LitElement {
  static override styles = [baseStyle, pageStyle, appStyle];
  static override properties = {
    ...{ start: { state: true }, session: { state: true }, failure: { state: true }, language: { state: true } },
    ...{
      topic: { state: true },
      hash: { state: true },
      message: { state: true },
      context: { state: true },
      age: { state: true },
    },
  };

  declare start: Start | undefined;
  declare session: Session | undefined;
  declare failure: Failure | undefined;
  declare language: Language;
  declare topic: PlanTopic | undefined;
  declare hash: string;
  declare message: string;
  declare context: PageContext | undefined;
  /** Grows when all views have to look again. */
  declare age: number;
  #closed: (changed: boolean) => void = () => undefined;

  constructor() {
    super();
    this.language = languageNow();
    this.hash = location.hash;
    this.message = '';
    this.age = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const show = () => applyTheme(document, themeNow());
    show();
    document.documentElement.lang = this.language;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
    window.addEventListener('hashchange', () => {
      this.hash = location.hash;
    });
    void this.#begin();
  }

  async #begin(): Promise<void> {
    this.failure = undefined;
    try {
      this.start ??= await startPage();
      this.session = await this.start.api.get<Session>('session');
      this.#renew();
    } catch (error) {
      this.session = undefined;
      this.context = undefined;
      this.failure = failureOf(error, sayIn(this.language));
    }
  }

  /** What the views work with is made anew when language or session change, so that they show themselves again. */
  #renew(): void {
    const { start, session } = this;
    if (start === undefined || session === undefined) return;
    this.context = {
      api: start.api,
      session,
      say: sayIn(this.language),
      openJob: async (job) => await this.#open({ job }),
      openSetup: async (gpu) => await this.#open({ gpu }),
      go: (place) => {
        location.hash = place;
      },
    };
  }

  async #open(topic: PlanTopic): Promise<boolean> {
    this.topic = topic;
    return await new Promise<boolean>((resolve) => {
      this.#closed = resolve;
    });
  }

  override render(): TemplateResult {
    const say = sayIn(this.language);
    const { place } = placeOf(this.hash);
    return html`
      ${head(this.session, this.language, say, this.#events)}
      ${this.start?.demo ? demoBar(this.start.demo, this.message, say, this.#events) : nothing}
      <div class="main">
        <nav aria-label=${say('view.navigation')}>
          ${PLACES.map((one) => html`<a href="#${one}" aria-current=${one === place ? 'page' : nothing}>${icon(one)}${say(`view.${one}`)}</a>`)}
        </nav>
        <main id="content" tabindex="-1" aria-label=${say(`view.${place}`)}>${this.#content(place)}</main>
      </div>
      ${this.topic === undefined || this.context === undefined ? nothing : html`<pveigpu-plan-dialog .context=${this.context} .topic=${this.topic} @plan-closed=${this.#planClosed}></pveigpu-plan-dialog>`}
    `;
  }

  #content(place: Place): unknown {
    const { context, failure } = this;
    const say = sayIn(this.language);
    if (failure !== undefined)
      return html`<div class="body">${failureNotice(failure)}<button @click=${() => void this.#begin()}>${icon('reload')}${say('button.reload')}</button></div>`;
    if (context === undefined) return html`<p class="empty" role="status">${say('state.loading')}</p>`;
    return keyed(this.age, VIEWS[place](context, placeOf(this.hash).vmid));
  }

  #planClosed = (event: CustomEvent<boolean>): void => {
    this.topic = undefined;
    this.#closed(event.detail);
  };

  readonly #events: HeadEvents = {
    skip: () => this.renderRoot.querySelector<HTMLElement>('main')?.focus(),
    theme: (choice) => {
      chooseTheme(choice);
      applyTheme(document, themeNow());
    },
    language: (language) => {
      this.language = language;
      chooseLanguage(language);
      document.documentElement.lang = language;
      this.#renew();
    },
    persona: (name) => void this.#lookAs(name),
    reboot: () => void this.#reboot(),
  };

  async #lookAs(name: string): Promise<void> {
    const demo = this.start?.demo ?? null;
    if (demo === null) return;
    await changePersona(demo, name);
    this.age += 1;
    await this.#begin();
  }

  async #reboot(): Promise<void> {
    const demo = this.start?.demo ?? null;
    if (demo === null) return;
    this.message = sayIn(this.language)('state.loading');
    this.message = (await rebootDemo(demo)) ?? sayIn(this.language)('demo.rebooted');
    this.age += 1;
  }
}

const VIEWS: { readonly [P in Place]: (context: PageContext, vmid: number) => TemplateResult } = {
  overview: (context) => html`<pveigpu-overview .context=${context}></pveigpu-overview>`,
  guests: (context, vmid) => html`<pveigpu-guests .context=${context} .opened=${vmid}></pveigpu-guests>`,
  findings: (context) => html`<pveigpu-findings .context=${context}></pveigpu-findings>`,
  history: (context) => html`<pveigpu-history .context=${context}></pveigpu-history>`,
  roms: (context) => html`<pveigpu-roms .context=${context}></pveigpu-roms>`,
  usage: (context) => html`<pveigpu-usage-view .context=${context}></pveigpu-usage-view>`,
};

customElements.define('pveigpu-app', App);
