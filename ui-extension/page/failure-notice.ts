// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit';
import type { Failure } from '../model/failure.ts';
import type { Tone } from '../model/tone.ts';
import { toneIcon } from './icons.ts';

/** A failed request, with what the node said and what to do. */
export function failureNotice({ kind, title, text, hint }: Failure): TemplateResult {
  const tone: Tone = kind === 'no-permission' ? 'warning' : 'critical';
  return html`
    <div class="notice ${tone}" role="alert" data-failure=${kind}>
      ${toneIcon(tone)}
      <div><strong>${title}</strong><p>${text}</p>${hint === null ? nothing : html`<p class="muted">${hint}</p>`}</div>
    </div>
  `;
}
