// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MachineVerdict } from '../../src/core/gpu/verdict.ts';
import type { MdevRow } from '../../src/core/mdev/mdev-list-view.ts';
import type { MdevTypesView } from '../../src/core/mdev/mdev-types-view.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import { confirmJob } from '../model/plan-job.ts';
import { sliceMapOf } from '../model/slices.ts';
import type { Say } from '../model/texts/say.ts';
import type { Session } from '../model/values.ts';
import { type VerdictGpu, verdictShown } from '../model/verdict-rows.ts';
import { type SliceEventDetail, SliceMapPart } from '../parts/slice-map.ts';
import { assignmentsGrid } from './assignments-grid.ts';
import { showRows } from './grid.ts';
import { guarded } from './guarded.ts';
import { litHost } from './lit-host.ts';
import { liveView, type ShownView } from './live-view.ts';
import { modeRows, modesGrid } from './modes-grid.ts';
import { offer, whyNotItem } from './offer.ts';
import { openGuest } from './open-guest.ts';
import { noGpuNotice, noticesHtml } from './overview-notices.ts';
import { placeOf } from './place.ts';
import { openPlanWindow } from './plan-window.ts';
import { openSetupWizard } from './setup-wizard.ts';

/** What the overview is made of. */
interface Overview {
  readonly session: Session;
  readonly status: StatusView;
  readonly verdict: MachineVerdict;
  readonly mdevs: readonly MdevRow[];
  readonly types: MdevTypesView['gpus'];
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
      const [session, status, verdict, { mdevs }, { gpus: types }] = await Promise.all([
        api.get<Session>('session'),
        api.get<StatusView>('status'),
        api.get<MachineVerdict>('verdict'),
        api.get<{ readonly mdevs: readonly MdevRow[] }>('mdevs'),
        api.get<Pick<MdevTypesView, 'gpus'>>('mdev-types'),
      ]);
      return { session, status, verdict, mdevs, types };
    },
    show: (value) => {
      shown = value;
      const { session, status, verdict, mdevs, types } = value;
      const { none, remarks } = verdictShown(verdict, status, say);
      const intel = intelOf(value, say);
      const awaits = status.waiting.some(({ until }) => until === 'confirmation');
      offer(panel, session, { setup: intel.length > 0, confirm: awaits });
      if (none !== null) return noGpuNotice(none, say);
      panel.down('#waiting')?.setHtml(noticesHtml(value, intel, remarks, say));
      showRows(panel, 'modes', modeRows(intel));
      map.map = sliceMapOf(status, { mdevs, types }, say);
      showRows(panel, 'assignments', status.assignments);
      return undefined;
    },
  });
  return view.config;
}

function intelOf({ verdict, status }: Overview, say: Say): readonly VerdictGpu[] {
  return verdictShown(verdict, status, say).gpus.filter(({ isIntel }) => isIntel);
}
