// SPDX-License-Identifier: AGPL-3.0-or-later
import { html, nothing, type TemplateResult } from 'lit';
import type { RomListView } from '../../src/core/rom/rom-list-view.ts';
import { type RomShown, romsShown } from '../model/rom-rows.ts';
import { toneIcon } from './icons.ts';
import { table } from './table.ts';
import { PanelView } from './view.ts';

/** `<pveigpu-roms>`: the ROM files of the node, and which GPU each fits. */
class RomsView extends PanelView<RomListView> {
  protected override async look(): Promise<RomListView> {
    return await this.context.api.get<RomListView>('roms');
  }

  protected override body(value: RomListView): TemplateResult {
    const { say } = this.context;
    const roms = romsShown(value, say);
    const toned = ({ tone, text }: RomShown['state']) => html`${toneIcon(tone)} ${text}`;
    const columns = [
      { head: say('field.file'), cell: ({ file }: RomShown) => html`<code>${file}</code>` },
      { head: say('field.size'), nowrap: true, cell: ({ size }: RomShown) => size },
      { head: say('field.state'), nowrap: true, cell: ({ state }: RomShown) => toned(state) },
      { head: say('field.fits'), cell: ({ fits }: RomShown) => toned(fits) },
      { head: say('field.holders'), cell: ({ users }: RomShown) => users },
      { head: say('field.origin'), cell: ({ source }: RomShown) => source },
    ];
    return html`
      ${value.unknown.map((text) => html`<div class="notice warning">${toneIcon('warning')}<div>${text}</div></div>`)}
      ${roms.length === 0 ? html`<p class="empty">${say('roms.empty')}</p>` : html`<section class="panel">${table(say('view.roms'), columns, roms)}</section>`}
      ${nothing}
    `;
  }
}

customElements.define('pveigpu-roms', RomsView);
