// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../../src/core/gpu/verdict.ts';
import { type PlanJob, setupJob } from '../model/plan-job.ts';
import { type SetupChoice, setupChoices } from '../model/setup-choices.ts';
import type { Say } from '../model/texts/say.ts';
import type { VerdictGpu } from '../model/verdict-rows.ts';

/** The first page of the wizard: which GPU, and what the node should do with it. */
export function modePage(gpus: readonly VerdictGpu[], first: VerdictGpu, say: Say): ExtConfig {
  const chooser = {
    ...{ xtype: 'combobox', itemId: 'gpu', fieldLabel: say('field.gpu'), editable: false, queryMode: 'local', value: first.bdf },
    ...{ valueField: 'bdf', displayField: 'text', hidden: gpus.length === 1, anchor: '100%' },
    store: { fields: ['bdf', 'text'], data: gpus.map(({ bdf, title }) => ({ bdf, text: `${title} (${bdf})` })) },
    listConfig: { getInnerTpl: () => '{text:htmlEncode}' },
    listeners: {
      change: (box: ExtComponent, bdf: unknown) => {
        const choices = box.up('#mode')?.down('#choices');
        const gpu = gpus.find((one) => one.bdf === bdf);
        if (!choices || gpu === undefined) return;
        choices.removeAll();
        choices.add(choiceItems(gpu, say));
      },
    },
  };
  return {
    ...{ xtype: 'form', itemId: 'mode', border: false, scrollable: true, bodyPadding: 10 },
    items: [
      chooser,
      { xtype: 'component', html: Ext.htmlEncode(say('setup.choose')), padding: '0 0 5 0', itemId: 'question' },
      { xtype: 'container', itemId: 'choices', layout: 'anchor', ariaRole: 'radiogroup', items: choiceItems(first, say) },
    ],
  };
}

function choiceItems(gpu: VerdictGpu, say: Say): readonly ExtConfig[] {
  const { choices, first } = setupChoices(gpu);
  return choices.flatMap((choice) => [
    {
      ...{ xtype: 'radiofield', name: 'mode', inputValue: choice.mode, itemId: `mode-${choice.mode}`, anchor: '100%' },
      ...{ checked: choice.mode === first, disabled: !choice.isPossible, hideLabel: true },
      boxLabel: labelHtml(choice, say),
    },
    ...(choice.maxVfs === null ? [] : [vfsField(choice.maxVfs, say)]),
  ]);
}

function vfsField(most: number, say: Say): ExtConfig {
  const field = {
    ...{ xtype: 'numberfield', itemId: 'vfs', fieldLabel: Ext.htmlEncode(say('field.count')), labelWidth: 110, width: 220 },
    ...{ minValue: 1, maxValue: most, value: most, allowDecimals: false, allowBlank: false },
  };
  const hint = {
    xtype: 'component',
    cls: 'pveigpu-below',
    margin: '4 0 0 10',
    html: Ext.htmlEncode(say('setup.vfs.hint', { count: most })),
  };
  return { xtype: 'container', layout: 'hbox', margin: '0 0 8 22', items: [field, hint] };
}

function labelHtml({ title, about, tags, why, needs }: SetupChoice, say: Say): string {
  const below = [
    about,
    ...(why === '' ? [] : [say('setup.not-possible', { reason: why })]),
    ...needs.map((need) => `${say('field.needs')}: ${need}`),
  ];
  const lines = below.map((line) => `<div class="pveigpu-below">${Ext.htmlEncode(line)}</div>`).join('');
  return `<b>${Ext.htmlEncode(title)}</b>${tags.length === 0 ? '' : ` (${Ext.htmlEncode(tags.join(', '))})`}${lines}`;
}

/** The job that the fields say; undefined while they say none. */
export function chosenJob(window: ExtComponent, gpus: readonly VerdictGpu[], say: Say): PlanJob | undefined {
  const chosen = gpus.length === 1 ? gpus[0]?.bdf : window.down('#gpu')?.getValue();
  const gpu = gpus.find(({ bdf }) => bdf === chosen);
  const modes: readonly Mode[] = gpu === undefined ? [] : setupChoices(gpu).choices.map(({ mode }) => mode);
  const mode = modes.find((one) => window.down(`#mode-${one}`)?.getValue() === true);
  if (gpu === undefined || mode === undefined) return undefined;
  const count = window.down('#vfs');
  if (mode === 'sriov' && count?.isValid?.() === false) return undefined;
  const vfs = mode === 'sriov' ? Number(count?.getValue()) : Number.NaN;
  return setupJob(gpu.bdf, { mode, ...(vfs > 0 ? { vfs } : {}) }, say);
}
