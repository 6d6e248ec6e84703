// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignmentRow } from '../../src/core/assign/assignments-view.ts';
import { guestOf } from '../model/slices.ts';
import type { Say } from '../model/texts/say.ts';
import { type Column, gridConfig } from './grid.ts';

/** Which guest has which slice, those set up by hand included. A double click opens the guest. */
export function assignmentsGrid(say: Say, open: (vmid: number) => void): ExtConfig {
  const columns: readonly Column<AssignmentRow>[] = [
    {
      ...{ header: say('field.guest'), width: 150 },
      cell: (row) => ({ text: guestOf(row), icon: row.kind === 'lxc' ? 'fa-cube' : 'fa-desktop' }),
    },
    ...sliceColumns(say),
  ];
  return gridConfig({
    ...{ itemId: 'assignments', title: say('view.guests'), columns, empty: say('state.none') },
    onOpen: ({ vmid }) => open(vmid),
  });
}

/** What is said of one slice of a guest. */
export function sliceColumns(say: Say): readonly Column<AssignmentRow>[] {
  return [
    {
      header: say('field.slice'),
      flex: 2,
      cell: ({ form, pool }) => (pool === null ? say(`form.${form}`) : `${say(`form.${form}`)} ${pool}`),
    },
    { header: say('field.key'), width: 90, cell: ({ key }) => key },
    {
      header: say('field.value'),
      flex: 3,
      cell: ({ value, ours }) => ({ text: value, lines: ours ? [] : [say('guest.by-hand')] }),
    },
    { header: say('field.holders'), flex: 2, cell: ({ holds }) => holds.join(', ') },
    {
      ...{ header: say('field.state'), width: 170 },
      cell: ({ running, state }) => ({
        tone: running === true ? 'good' : 'none',
        icon: running === true ? 'fa-play' : 'fa-stop',
        text: running === true ? say('state.running') : say('state.stopped'),
        lines: state === 'set' ? [] : [say(`guest.state.${state}`)],
      }),
    },
  ];
}
