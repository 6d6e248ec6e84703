// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestOfferRow, GuestShown } from '../model/guest-view.ts';
import type { Say } from '../model/texts/say.ts';
import { type Column, gridConfig } from './grid.ts';

/** What it has. */
export function hasGrid(say: Say): ExtConfig {
  const columns: readonly Column<GuestShown['has'][number]>[] = [
    { header: say('field.slice'), flex: 2, cell: ({ form, tags }) => ({ text: form, lines: tags }) },
    { header: say('field.key'), width: 100, cell: ({ key }) => key },
    { header: say('field.value'), flex: 3, cell: ({ value }) => value },
    { header: say('field.holders'), flex: 2, cell: ({ holds }) => holds },
    { header: say('field.state'), width: 190, cell: ({ state }) => state },
  ];
  return gridConfig({ itemId: 'has', title: say('guest.has'), columns, empty: say('guest.has.none') });
}

/** What it could have; what this user cannot give it is grey, with the reason. */
export function couldGrid(say: Say, onSelect: () => void, onOpen: () => void): ExtConfig {
  const columns: readonly Column<GuestOfferRow>[] = [
    {
      ...{ header: say('field.slice'), flex: 3 },
      cell: ({ title, whyNot }) =>
        whyNot === null ? { text: title, tone: 'good', icon: 'fa-plus-circle' } : { text: title, tone: 'none', icon: 'fa-lock' },
    },
    { header: say('field.mode'), width: 110, cell: ({ offer }) => say(`mode.${offer.mode}.short`) },
    { header: say('field.key'), width: 140, cell: ({ keys }) => keys },
    { header: say('field.reason'), flex: 4, cell: ({ whyNot }) => whyNot ?? '' },
  ];
  return gridConfig({
    ...{ itemId: 'could', title: say('guest.could'), columns, empty: say('guest.could.none'), onSelect, onOpen },
    more: { viewConfig: { emptyText: Ext.htmlEncode(say('guest.could.none')), deferEmptyText: false, getRowClass: rowClass } },
  });
}

/** PVE greys out rows that cannot be used. */
function rowClass(record: ExtRecord): string {
  return (record.get('row') as GuestOfferRow).whyNot === null ? '' : 'proxmox-disabled-row';
}

/** What is to be done inside it. */
export function needsGrid(say: Say): ExtConfig {
  const columns: readonly Column<GuestShown['needs'][number]>[] = [
    { header: say('field.step'), flex: 4, cell: ({ text, commands }) => ({ text, lines: commands }) },
    { header: say('field.by'), flex: 2, cell: ({ by }) => by },
    {
      ...{ header: say('field.state'), width: 120 },
      cell: ({ done }) => (done ? { tone: 'good', text: say('state.yes') } : { tone: 'warning', text: say('state.no') }),
    },
  ];
  return gridConfig({ itemId: 'needs', title: say('guest.needs'), columns, empty: say('guest.needs.none') });
}
