// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Detector } from './leftover.ts';
import { makerOf } from './vf-maker.ts';

/** `/etc/sysfs.conf` and `/etc/sysfs.d` of sysfsutils that write `sriov_numvfs` at boot. */
export const sysfsConf: Detector = (ground) =>
  ground.others.files.flatMap(({ path, text }) => {
    if (path !== '/etc/sysfs.conf' && !/^\/etc\/sysfs\.d\/[^/]+\.conf$/.test(path)) return [];
    return text.split('\n').flatMap((line, index) => {
      const [, name = '', count = ''] = /^\s*(\S+\/sriov_numvfs)\s*=\s*(\d+)\s*(#.*)?$/.exec(line) ?? [];
      return name === '' ? [] : makerOf(ground, { path, line: index + 1, text: line, attribute: name, count: Number(count) });
    });
  });
