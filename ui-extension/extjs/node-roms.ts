// SPDX-License-Identifier: AGPL-3.0-or-later
import type { RomRow, RomsValue } from '../model/values.ts';
import { type Column, gridConfig, showRows } from './grid.ts';
import { liveView, type ShownView } from './live-view.ts';
import { placeOf } from './place.ts';

/** ROM files on the node and what they fit. */
export function nodeRoms(panel: ExtComponent): ExtConfig {
  const { api, say } = placeOf(panel);
  const columns: readonly Column<RomRow>[] = [
    { header: say('field.file'), flex: 2, cell: ({ file }) => file },
    { header: say('field.size'), width: 100, cell: ({ bytes }) => `${Math.ceil(bytes / 1024)} KiB` },
    {
      ...{ header: say('field.fits'), width: 120 },
      cell: ({ fits }) => {
        if (fits === null) return { tone: 'none', text: say('roms.fits.unknown') };
        return fits ? { tone: 'good', text: say('state.yes') } : { tone: 'critical', text: say('state.no') };
      },
    },
    { header: say('field.reason'), flex: 3, cell: ({ because, gpus }) => ({ text: because, lines: gpus }) },
  ];
  const view: ShownView = liveView<RomsValue>(panel, {
    say,
    toolbar: [{ text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() }],
    layout: 'fit',
    content: [gridConfig({ itemId: 'roms', title: say('view.roms'), showTitle: false, columns, empty: say('roms.empty') })],
    load: async () => await api.get<RomsValue>('roms'),
    show: ({ roms }) => {
      showRows(panel, 'roms', roms);
      return undefined;
    },
  });
  return view.config;
}
