// SPDX-License-Identifier: AGPL-3.0-or-later
import type { RomListView } from '../../src/core/rom/rom-list-view.ts';
import { type RomShown, romsShown } from '../model/rom-rows.ts';
import { type Column, gridConfig, showRows } from './grid.ts';
import { liveView, type ShownView } from './live-view.ts';
import { placeOf } from './place.ts';

/** ROM files on the node and what they fit. */
export function nodeRoms(panel: ExtComponent): ExtConfig {
  const { api, say } = placeOf(panel);
  const columns: readonly Column<RomShown>[] = [
    { header: say('field.file'), flex: 2, cell: ({ file }) => file },
    { header: say('field.size'), width: 100, cell: ({ size }) => size },
    { header: say('field.state'), width: 130, cell: ({ state }) => state },
    { header: say('field.fits'), flex: 2, cell: ({ fits }) => fits },
    { header: say('field.holders'), flex: 1, cell: ({ users }) => users },
    { header: say('field.origin'), flex: 2, cell: ({ source }) => source },
  ];
  const view: ShownView = liveView<RomListView>(panel, {
    say,
    toolbar: [{ text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() }],
    layout: 'fit',
    content: [gridConfig({ itemId: 'roms', title: say('view.roms'), showTitle: false, columns, empty: say('roms.empty') })],
    load: async () => await api.get<RomListView>('roms'),
    show: (value) => {
      showRows(panel, 'roms', romsShown(value, say));
      return undefined;
    },
  });
  return view.config;
}
