// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit';
import type { RomRow, RomsValue } from '../model/values.ts';
import { toneIcon } from './icons.ts';
import { table } from './table.ts';
import { PanelView } from './view.ts';

/** `<pveigpu-roms>`: the ROM files of the node, and which GPU each fits. */
class RomsView extends PanelView<RomsValue> {
  protected override async look(): Promise<RomsValue> {
    return await this.context.api.get<RomsValue>('roms');
  }

  protected override body({ roms, unknown }: RomsValue): TemplateResult {
    const { say } = this.context;
    const fits = ({ fits: answer }: RomRow) =>
      answer === null
        ? html`${toneIcon('warning')} ${say('roms.fits.unknown')}`
        : html`${toneIcon(answer ? 'good' : 'critical')} ${say(answer ? 'state.yes' : 'state.no')}`;
    const columns = [
      { head: say('field.file'), cell: ({ file }: RomRow) => html`<code>${file}</code>` },
      { head: say('field.size'), nowrap: true, cell: ({ bytes }: RomRow) => `${(bytes / 1024).toFixed(1)} KiB` },
      { head: say('field.fits'), nowrap: true, cell: fits },
      { head: say('field.gpu'), cell: ({ gpus }: RomRow) => gpus.join(', ') },
      { head: say('field.reason'), cell: ({ because }: RomRow) => because },
    ];
    return html`
      ${unknown.map((text) => html`<div class="notice warning">${toneIcon('warning')}<div>${text}</div></div>`)}
      ${roms.length === 0 ? html`<p class="empty">${say('roms.empty')}</p>` : html`<section class="panel">${table(say('view.roms'), columns, roms)}</section>`}
      ${nothing}
    `;
  }
}

customElements.define('pveigpu-roms', RomsView);
