// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VerdictGpu } from '../model/verdict-rows.ts';
import { type PlanPaneOptions, planPane } from './plan-pane.ts';
import { chosenJob, modePage } from './setup-mode-page.ts';

/** What the wizard needs to know besides a pane for the plan. */
export interface SetupWizard extends Omit<PlanPaneOptions, 'ready'> {
  /** Intel GPUs, at least one. */
  readonly gpus: readonly VerdictGpu[];
}

/** The wizard: what the node should do with a GPU, then the plan; what runs after that is a task in PVE's own window. */
export function openSetupWizard({ gpus, ...options }: SetupWizard): void {
  const { say } = options;
  const [first] = gpus;
  if (first === undefined) return;
  const { pane, forceBox, show, submit } = planPane({
    ...options,
    ready: (isReady) => window.down('#submit')?.setDisabled(!isReady),
  });
  const turnTo = (page: 'mode' | 'plan') => {
    window.down('#pages')?.setActiveItem(page);
    for (const [itemId, where] of Object.entries({ next: 'mode', back: 'plan', submit: 'plan' }))
      window.down(`#${itemId}`)?.setHidden(where !== page);
    if (page === 'mode') window.down('#force')?.setHidden(true);
    window.setTitle(Ext.htmlEncode(`${say('button.setup')}: ${say(`setup.step.${page}`)}`));
  };
  const window: ExtComponent = Ext.create('Ext.window.Window', {
    ...{ modal: true, width: 760, height: 560, layout: 'fit', cls: 'pveigpu-window pveigpu-wizard' },
    title: Ext.htmlEncode(`${say('button.setup')}: ${say('setup.step.mode')}`),
    items: [{ xtype: 'container', itemId: 'pages', layout: 'card', items: [modePage(gpus, first, say), pane] }],
    fbar: [
      forceBox,
      '->',
      { text: say('button.back'), itemId: 'back', hidden: true, handler: () => turnTo('mode') },
      {
        ...{ text: say('button.next'), itemId: 'next' },
        handler: () => {
          const job = chosenJob(window, gpus, say);
          if (job === undefined) return;
          turnTo('plan');
          show(window, job);
        },
      },
      { text: say('button.apply'), itemId: 'submit', hidden: true, disabled: true, handler: () => submit(window) },
    ],
  });
  window.show();
}
