// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlanJob } from '../model/plan-job.ts';
import { type PlanPaneOptions, planPane } from './plan-pane.ts';

/** Opens a dialog with the plan of a job as a coloured diff; the button that carries it out is at the right, as in PVE's own dialogs. */
export function openPlanWindow(options: Omit<PlanPaneOptions, 'ready'>, job: PlanJob): void {
  const { say } = options;
  const { pane, forceBox, show, submit } = planPane({
    ...options,
    ready: (isReady) => window.down('#submit')?.setDisabled(!isReady),
  });
  const window: ExtComponent = Ext.create('Ext.window.Window', {
    ...{
      title: Ext.htmlEncode(job.title),
      modal: true,
      width: 760,
      height: 520,
      layout: 'fit',
      cls: 'pveigpu-window',
      items: [pane],
    },
    fbar: [
      forceBox,
      '->',
      { text: say('button.cancel'), handler: () => window.close() },
      { text: say('button.apply'), itemId: 'submit', disabled: true, handler: () => submit(window) },
    ],
  });
  window.show();
  show(window, job);
}
