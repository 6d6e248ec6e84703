// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Remark } from '../plan/action.ts';
import type { Guide, GuideCase } from './guide.ts';
import { NUC6CAYH } from './nuc6cayh.ts';

/** Every guide that is told of. A new one is a file of its own and a line here. */
const GUIDES: readonly Guide[] = [NUC6CAYH];

/** The guide that people follow for a GPU and a mode, if there is one. */
export function guideFor(device: Pick<PciDevice, 'vendor' | 'device'>, mode: Mode): Guide | undefined {
  return GUIDES.find((guide) => guide.mode === mode && device.vendor === '8086' && guide.devices.includes(device.device));
}

/** Each setting of a guide with what becomes of it on this machine, so that nobody who followed it misses anything. */
export function guideRemarks(guide: Guide, machine: GuideCase): readonly Remark[] {
  const head: Remark = {
    level: 'note',
    id: `guide.${guide.id}`,
    text: `This is what becomes of the settings of ${guide.title} (${guide.source}).`,
  };
  return [
    head,
    ...guide.settings.map(({ id, where, text, answer }): Remark => {
      const { fate, because } = answer(machine);
      const is = fate === 'replaced' ? 'is replaced by' : `is ${fate}:`;
      return { level: 'note', id: `guide.${guide.id}.${id}`, text: `${text} (${where}) ${is} ${because}.` };
    }),
  ];
}
