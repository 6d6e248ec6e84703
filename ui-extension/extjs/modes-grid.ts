// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Say } from '../model/texts/say.ts';
import type { VerdictGpu, VerdictRow } from '../model/verdict-rows.ts';
import { type Column, gridConfig } from './grid.ts';

interface ModeOfGpu extends VerdictRow {
  readonly gpu: VerdictGpu;
}

/** What each GPU can do, and why; rows come from {@link modeRows}. */
export function modesGrid(say: Say): ExtConfig {
  const columns: readonly Column<ModeOfGpu>[] = [
    {
      header: say('field.mode'),
      flex: 3,
      cell: ({ title, tags }) => ({ text: title, lines: tags.length === 0 ? [] : [tags.join(', ')] }),
    },
    { header: say('field.answer'), width: 140, cell: ({ tone, answer }) => ({ tone, text: answer }) },
    {
      ...{ header: say('field.reason'), flex: 5 },
      cell: ({ reasons, needs }) => ({
        text: reasons[0]?.text ?? '',
        lines: needs.map((need) => `${say('field.needs')}: ${need}`),
      }),
    },
  ];
  return gridConfig({
    ...{ itemId: 'modes', title: say('verdict.title'), columns, empty: say('state.no-gpu') },
    group: ({ gpu }) => `${gpu.title} (${gpu.bdf}, ${gpu.id}, ${say('field.driver')}: ${gpu.driver})`,
  });
}

/** The rows of all GPUs. */
export function modeRows(gpus: readonly VerdictGpu[]): readonly object[] {
  return gpus.flatMap((gpu) => gpu.rows.map((row) => ({ ...row, gpu })));
}
