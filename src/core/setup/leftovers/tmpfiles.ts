// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Detector } from './leftover.ts';
import { makerOf } from './vf-maker.ts';

/** `/etc/tmpfiles.d` lines that write `sriov_numvfs` at boot, as i915-sriov-dkms ships one (commented out). */
export const tmpfiles: Detector = (ground) =>
  ground.others.files.flatMap(({ path, text }) => {
    if (!/^\/etc\/tmpfiles\.d\/[^/]+\.conf$/.test(path)) return [];
    return text.split('\n').flatMap((line, index) => {
      const [type = '', name = '', , , , , count = ''] = line.trim().split(/\s+/);
      if (!/^w[+!]*$/.test(type) || !name.endsWith('/sriov_numvfs') || !/^\d+$/.test(count)) return [];
      return makerOf(ground, { path, line: index + 1, text: line, attribute: name, count: Number(count) });
    });
  });
