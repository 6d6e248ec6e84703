// SPDX-License-Identifier: AGPL-3.0-or-later
import { givenValues, probeWords } from './given.ts';
import type { SetupCase, WantedOption } from './wanted.ts';

/** Where somebody told a driver to leave this id alone, the mode that needs it has to say the contrary; nothing otherwise. */
export function insist({ others, device }: Pick<SetupCase, 'others' | 'device'>, module: 'i915' | 'xe'): readonly WantedOption[] {
  const id = device.device;
  const last = givenValues(others, module, 'force_probe').at(-1);
  if (last === undefined || !probeWords(last.value).includes(`!${id}`)) return [];
  return [
    {
      module,
      name: 'force_probe',
      value: id,
      fits: 'word',
      because: `${module} was told to leave this GPU alone, and is needed on it`,
    },
  ];
}
