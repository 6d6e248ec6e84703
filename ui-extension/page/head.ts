// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit';
import type { Language, Say } from '../model/texts/say.ts';
import type { Session } from '../model/values.ts';
import { icon } from './icons.ts';
import { type ThemeChoice, themeChoice } from './preferences.ts';
import type { DemoSession } from './start.ts';

/** What the head of the page tells of. */
export interface HeadEvents {
  readonly skip: () => void;
  readonly theme: (choice: ThemeChoice) => void;
  readonly language: (language: Language) => void;
  readonly persona: (name: string) => void;
  readonly reboot: () => void;
}

const THEMES: readonly ThemeChoice[] = ['auto', 'light', 'dark'];
const PERSONAS = ['administrator', 'auditor', 'vm-user', 'nobody'] as const;

/** Name, node and user at the left, theme and language at the right. */
export function head(session: Session | undefined, language: Language, say: Say, on: HeadEvents): TemplateResult {
  return html`
    <header class="head">
      <button class="skip" @click=${on.skip}>${say('app.skip')}</button>
      <h1>pveigpu</h1>
      <span class="muted long">${session === undefined ? '' : `${session.version} · ${say('app.node', { node: session.node })}`}</span>
      <span class="fill"></span>
      ${session === undefined ? nothing : html`<span class="muted long">${say('app.user', { user: session.user })}</span>`}
      <select aria-label=${say('app.theme')} @change=${(event: Event) => on.theme(chosen(event) as ThemeChoice)}>
        ${THEMES.map((one) => html`<option value=${one} ?selected=${one === themeChoice()}>${say(`app.theme.${one}`)}</option>`)}
      </select>
      <select aria-label=${say('app.language')} @change=${(event: Event) => on.language(chosen(event) as Language)}>
        <option value="en" ?selected=${language === 'en'}>English</option>
        <option value="de" ?selected=${language === 'de'}>Deutsch</option>
      </select>
    </header>
  `;
}

/** What only a demo has: who looks, and a reboot of the simulated node. */
export function demoBar(demo: DemoSession, message: string, say: Say, on: HeadEvents): TemplateResult {
  return html`
    <div class="head demo" role="region" aria-label=${say('demo.machine', { title: demo.title })}>
      <span class="muted">${say('demo.machine', { title: demo.title })}</span>
      <span class="fill"></span>
      <span role="status">${message}</span>
      <label>${say('demo.persona')}
        <select @change=${(event: Event) => on.persona(chosen(event))}>
          ${demo.personas.map((name) => html`<option value=${name} ?selected=${name === demo.persona}>${personaText(name, say)}</option>`)}
        </select>
      </label>
      <button @click=${on.reboot}>${icon('reload')}${say('demo.reboot')}</button>
    </div>
  `;
}

function chosen(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

/** A name that has no words is shown as it is. */
function personaText(name: string, say: Say): string {
  const known = PERSONAS.find((one) => one === name);
  return known === undefined ? name : say(`demo.persona.${known}`);
}
