// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareSeries, kernelSeries } from '../../gpu/kernel-version.ts';
import { normaliseModuleName } from '../../modules/module-name.ts';
import { moduleLists } from '../others.ts';
import type { Detector } from './leftover.ts';

/** `vfio_virqfd` in a list of modules: it became part of vfio with kernel 6.2 (kernel drivers/vfio/Makefile). */
export const vfioVirqfd: Detector = ({ others, release }) => {
  const series = kernelSeries(release);
  if (series === undefined || compareSeries(series, '6.2') < 0) return [];
  return moduleLists(others.files).flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      if (normaliseModuleName(line.replace(/#.*/, '').trim()) !== 'vfio_virqfd') return [];
      const says = `Kernel ${release} has no such module (it is part of vfio since 6.2); it only makes systemd-modules-load complain.`;
      return [{ id: 'leftover.vfio-virqfd', path, line: index + 1, text: line, says }];
    }),
  );
};
