// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MachineVerdict } from '../../src/core/gpu/verdict.ts';
import type { MdevRow } from '../../src/core/mdev/mdev-list-view.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import { noticesOf } from '../model/notices.ts';
import { confirmJob } from '../model/plan-job.ts';
import { sliceMapOf } from '../model/slices.ts';
import type { Say } from '../model/texts/say.ts';
import type { Session } from '../model/values.ts';
import { type VerdictGpu, type VerdictRow, verdictShown } from '../model/verdict-rows.ts';
import { type SliceEventDetail, SliceMapPart } from '../parts/slice-map.ts';
import { assignmentsGrid } from './assignments-grid.ts';
import { type Column, gridConfig, showRows } from './grid.ts';
import { guarded } from './guarded.ts';
import { litHost } from './lit-host.ts';
import { liveView, type ShownView } from './live-view.ts';
import { type Notice, noticeHtml, toneNotice } from './notice.ts';
import { offer, whyNotItem } from './offer.ts';
import { openGuest } from './open-guest.ts';
import { placeOf } from './place.ts';
import { openPlanWindow } from './plan-window.ts';
import { openSetupWizard } from './setup-wizard.ts';

/** What the overview is made of. */
interface Overview {
  readonly session: Session;
  readonly status: StatusView;
  readonly verdict: MachineVerdict;
  readonly mdevs: readonly MdevRow[];
}

interface ModeOfGpu extends VerdictRow {
  readonly gpu: VerdictGpu;
}

/** As often as PVE asks for a node's status. */
const EVERY_MS = 5000;

/** GPUs, what each can do, its slices and whose they are, and the set-up. */
export function nodeOverview(panel: ExtComponent): ExtConfig {
  const { api, say } = placeOf(panel);
  const map = new SliceMapPart();
  map.addEventListener('slice-open', (event) => {
    const [vmid] = (event as CustomEvent<SliceEventDetail>).detail.cell.vmids;
    if (vmid !== undefined) guarded('open guest', () => openGuest(vmid));
  });
  let shown: Overview | undefined;
  const view: ShownView = liveView<Overview>(panel, {
    say,
    everyMs: EVERY_MS,
    toolbar: [
      {
        ...{ text: say('button.setup'), itemId: 'setup', iconCls: 'fa fa-magic', hidden: true },
        handler: () =>
          shown !== undefined &&
          openSetupWizard({ api, say, session: shown.session, gpus: intelOf(shown, say), changed: () => view.reload() }),
      },
      {
        text: say('button.confirm'),
        itemId: 'confirm',
        iconCls: 'fa fa-check',
        hidden: true,
        handler: () =>
          shown !== undefined &&
          openPlanWindow({ api, say, session: shown.session, changed: () => view.reload() }, confirmJob(say)),
      },
      { text: say('button.reload'), iconCls: 'fa fa-refresh', handler: () => view.reload() },
      '->',
      whyNotItem(),
    ],
    content: [
      { xtype: 'component', itemId: 'waiting', autoEl: { tag: 'div', role: 'status' } },
      { xtype: 'panel', title: say('slices.title'), border: false, bodyPadding: 10, items: [litHost(map, { itemId: 'slices' })] },
      assignmentsGrid(say, (vmid) => openGuest(vmid)),
      modesGrid(say),
    ],
    load: async () => {
      const [session, status, verdict, { mdevs }] = await Promise.all([
        api.get<Session>('session'),
        api.get<StatusView>('status'),
        api.get<MachineVerdict>('verdict'),
        api.get<{ readonly mdevs: readonly MdevRow[] }>('mdevs'),
      ]);
      return { session, status, verdict, mdevs };
    },
    show: (value) => {
      shown = value;
      const { session, status, verdict, mdevs } = value;
      const { none, remarks } = verdictShown(verdict, status, say);
      const intel = intelOf(value, say);
      const awaits = status.waiting.some(({ until }) => until === 'confirmation');
      offer(panel, session, { setup: intel.length > 0, confirm: awaits });
      if (none !== null) return noGpuNotice(none, say);
      panel.down('#waiting')?.setHtml(noticesHtml(value, intel, remarks, say));
      showRows(
        panel,
        'modes',
        intel.flatMap((gpu) => gpu.rows.map((row) => ({ ...row, gpu }))),
      );
      map.map = sliceMapOf(status, mdevs, say);
      showRows(panel, 'assignments', status.assignments);
      return undefined;
    },
  });
  return view.config;
}

function modesGrid(say: Say): ExtConfig {
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

function intelOf({ verdict, status }: Overview, say: Say): readonly VerdictGpu[] {
  return verdictShown(verdict, status, say).gpus.filter(({ isIntel }) => isIntel);
}

/** What is said above everything else: what waits, what could not be read, and that a GPU cannot be divided. */
function noticesHtml({ status, session }: Overview, intel: readonly VerdictGpu[], remarks: readonly string[], say: Say): string {
  const cannot =
    intel.length > 0 && intel.every(({ rows }) => rows.every(({ mode, isPossible }) => mode === 'host' || !isPossible));
  const unsupported = cannot ? [toneNotice('info', say('state.unsupported'), [say('state.unsupported.hint')])] : [];
  const waiting = noticesOf(status, session, say).map(({ tone, title, texts }) => toneNotice(tone, title, texts));
  const notices = [...unsupported, ...waiting, ...remarks.map((text) => toneNotice('info', text, []))];
  return notices.map((notice) => `<div class="pmx-hint pveigpu-hint">${noticeHtml(notice)}</div>`).join('');
}

function noGpuNotice(why: string, say: Say): Notice {
  const title = say('state.no-gpu');
  return { icon: 'fa-television', tone: 'none', title, lines: why === title ? [] : [why] };
}
