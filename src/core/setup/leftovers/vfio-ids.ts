// SPDX-License-Identifier: AGPL-3.0-or-later
import { optionPlaces } from './directives.ts';
import type { Detector } from './leftover.ts';

/** `vfio-pci ids=` that names the GPU: it takes every device of that id, VFs included. */
export const vfioIds: Detector = ({ others, device, mode }) =>
  optionPlaces(others, 'vfio-pci', 'ids').flatMap(({ path, line, text, value }) => {
    const ids = value.split(',').filter((id) => id !== '');
    const isOurs = (id: string) => id.toLowerCase().split(':').slice(0, 2).join(':') === `${device.vendor}:${device.device}`;
    if (!ids.some(isOurs)) return [];
    const kept = ids.filter((id) => !isOurs(id));
    const place = { path, text, ...(line === undefined ? {} : { line }) };
    const says = `vfio-pci takes every device ${device.vendor}:${device.device}, the GPU and all its VFs.`;
    return [
      {
        id: 'leftover.vfio-ids',
        ...place,
        says,
        ...(mode === 'gvt-d' ? { serves: true as const } : {}),
        ...(mode === 'gvt-d'
          ? {}
          : { breaks: `In the mode ${mode} the GPU stays with its own driver, which cannot have it so.` }),
        ...(line === undefined ? { counter: `vfio-pci.ids=${kept.join(',')}` } : {}),
        ...(kept.length === 0 ? {} : { keeps: `options vfio-pci ids=${kept.join(',')}` }),
      },
    ];
  });
