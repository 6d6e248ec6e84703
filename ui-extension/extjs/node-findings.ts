// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DoctorView } from '../../src/core/doctor/doctor-view.ts';
import { type FindingRow, type FindingsShown, findingsShown } from '../model/finding-rows.ts';
import type { Say } from '../model/texts/say.ts';
import type { Tone } from '../model/tone.ts';
import { type Column, gridConfig, showRows } from './grid.ts';
import { cellHtml } from './html.ts';
import { liveView, type ShownView } from './live-view.ts';
import { placeOf } from './place.ts';

interface ShownRow {
  readonly group: string;
  readonly tone: Tone;
  readonly severity: string;
  readonly title: string;
  readonly subject: string;
  readonly because: string;
  readonly remedy: string;
  readonly details: readonly (readonly [string, string])[];
}

/** Findings with remedies: what `pveigpu doctor` says. */
export function nodeFindings(panel: ExtComponent): ExtConfig {
  const { api, say } = placeOf(panel);
  let deep = false;
  const view: ShownView = liveView<DoctorView>(panel, {
    say,
    toolbar: [
      { text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() },
      {
        ...{ text: say('button.look-deeper'), iconCls: 'fa fa-search-plus' },
        handler: () => {
          deep = true;
          view.reload();
        },
      },
      '->',
      { xtype: 'tbtext', itemId: 'summary', html: '' },
    ],
    layout: 'border',
    content: [findingsGrid(panel, say), detailsGrid(say)],
    load: async () => await api.get<DoctorView>('findings', deep ? { deep: '1' } : {}),
    show: (doctor) => {
      const shown = findingsShown(doctor, say);
      panel.down('#summary')?.setHtml(cellHtml({ tone: shown.tone, text: shown.summary }));
      showRows(panel, 'findings', rowsOf(shown, say));
      return undefined;
    },
  });
  return view.config;
}

function findingsGrid(panel: ExtComponent, say: Say): ExtConfig {
  const columns: readonly Column<ShownRow>[] = [
    { header: say('field.severity'), width: 110, cell: ({ tone, severity }) => ({ tone, text: severity }) },
    { header: say('field.problem'), flex: 3, cell: ({ title, because }) => ({ text: title, lines: [because] }) },
    { header: say('field.subject'), width: 130, cell: ({ subject }) => subject },
    { header: say('field.remedy'), flex: 3, cell: ({ remedy }) => remedy },
  ];
  return gridConfig({
    ...{
      itemId: 'findings',
      title: say('view.findings'),
      showTitle: false,
      columns,
      empty: say('state.none'),
      selectsFirst: true,
    },
    group: ({ group }) => group,
    onSelect: (row) => showRows(panel, 'details', row?.details ?? []),
    more: { region: 'center' },
  });
}

function detailsGrid(say: Say): ExtConfig {
  return gridConfig<readonly [string, string]>({
    ...{ itemId: 'details', title: say('button.details'), empty: '' },
    columns: [
      { header: say('button.details'), width: 130, cell: ([name]) => name },
      { header: say('field.value'), cell: ([, text]) => text },
    ],
    more: { region: 'south', height: 190, split: true },
  });
}

function rowsOf({ rows, unmeasured, switches }: FindingsShown, say: Say): readonly ShownRow[] {
  const groups = { problems: say('field.problem'), advice: say('findings.advice'), notes: say('findings.notes') };
  return [
    ...rows.map((row) => ({
      ...row,
      group: groups[row.group],
      severity: row.severityText,
      title: titleOf(row, say),
      details: detailsOf(row, say),
    })),
    ...unmeasured.map(({ id, because }) => unrated(say('findings.unmeasured'), say('state.unknown'), id, because)),
    ...switches.map(({ name, setting, because }) => unrated(say('findings.switches'), setting, name, because)),
  ];
}

function titleOf({ title, depth }: FindingRow, say: Say): string {
  return depth === 0 ? title : `${'↳ '.repeat(depth)}${title} (${say('findings.consequence')})`;
}

function detailsOf({ evidence, command, reference }: FindingRow, say: Say): ShownRow['details'] {
  return [
    ...evidence.map((text) => [say('field.evidence'), text] as const),
    ...(command === null ? [] : [[say('field.command'), command] as const]),
    [say('field.reference'), reference],
  ];
}

function unrated(group: string, severity: string, title: string, because: string): ShownRow {
  return { group, tone: 'none', severity, title, because, subject: '', remedy: '', details: [] };
}
