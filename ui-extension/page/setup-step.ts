// SPDX-License-Identifier: AGPL-3.0-or-later

import { html, nothing, type TemplateResult } from 'lit';
import type { Mode } from '../../src/core/gpu/verdict.ts';
import type { SetupChoice } from '../model/setup-choices.ts';
import type { Say } from '../model/texts/say.ts';

/** What was chosen in the first step of the wizard. */
export interface Chosen {
  readonly mode: Mode;
  /** Null means as many as there can be. */
  readonly vfs: number | null;
}

/** The first step: one of the modes, and how many VFs. */
export function setupStep(
  choices: readonly SetupChoice[],
  chosen: Chosen | undefined,
  say: Say,
  choose: (chosen: Chosen) => void,
): TemplateResult {
  const current = choices.find(({ mode }) => mode === chosen?.mode);
  return html`
    <fieldset>
      <legend>${say('setup.choose')}</legend>
      ${choices.map((one) => choice(one, one.mode === chosen?.mode, say, () => choose({ mode: one.mode, vfs: null })))}
    </fieldset>
    ${current === undefined || current.maxVfs === null ? nothing : vfs(current.mode, current.maxVfs, chosen?.vfs ?? null, say, choose)}
  `;
}

function choice(
  { title, about, tags, isPossible, why, needs }: SetupChoice,
  isChosen: boolean,
  say: Say,
  choose: () => void,
): TemplateResult {
  return html`
    <label class="choice">
      <input type="radio" name="mode" .checked=${isChosen} ?disabled=${!isPossible} @change=${choose} />
      <span>
        <strong>${title}</strong> ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}
        <div>${about}</div>
        ${isPossible ? nothing : html`<div class="muted">${say('setup.not-possible', { reason: why })}</div>`}
        ${isPossible && needs.length > 0 ? html`<ul class="muted">${needs.map((need) => html`<li>${need}</li>`)}</ul>` : nothing}
      </span>
    </label>
  `;
}

function vfs(mode: Mode, most: number, count: number | null, say: Say, choose: (chosen: Chosen) => void): TemplateResult {
  const change = (event: Event) => {
    const value = Number((event.target as HTMLInputElement).value);
    choose({ mode, vfs: Number.isInteger(value) && value >= 1 && value < most ? value : null });
  };
  return html`
    <div class="vfs">
      <label for="vfs">${say('field.count')}</label>
      <input id="vfs" type="number" min="1" max=${most} .value=${String(count ?? most)} @change=${change} aria-describedby="vfs-hint" />
      <span id="vfs-hint" class="muted">${say('setup.vfs.hint', { count: most })}</span>
    </div>
  `;
}
