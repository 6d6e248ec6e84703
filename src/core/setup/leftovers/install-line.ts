// SPDX-License-Identifier: AGPL-3.0-or-later
import { softDependencies } from '../../modules/modprobe-config.ts';
import { directivesOf } from './directives.ts';
import type { Detector } from './leftover.ts';

const GRAPHICS = ['i915', 'xe'];

/** `install` commands and `softdep` lines of the graphics drivers that others wrote. */
export const installLine: Detector = ({ others, mode }) =>
  directivesOf(others).flatMap((directive) => {
    const { path, line, text, keyword, module, rest } = directive;
    const place = { path, line, text };
    // What only keeps a graphics driver from loading is no harm here (blocked-driver.ts says where it is).
    const keeps = GRAPHICS.includes(module) && /^(\/usr)?(\/bin\/)?(true|false)\b/.test(rest);
    if (keyword === 'install' && [...GRAPHICS, 'vfio_pci'].includes(module) && !keeps) {
      const says = `It runs a command instead of loading ${module}.`;
      const breaks = 'The GPU is handed to vfio-pci by such a line of ours, and modprobe runs only one of the two.';
      return [{ id: 'leftover.install-line', ...place, says, ...(mode === 'gvt-d' ? { breaks } : {}) }];
    }
    const early = softDependencies(directive).pre.filter((name) => name.startsWith('vfio'));
    if (!GRAPHICS.includes(module) || early.length === 0) return [];
    return [
      { id: 'leftover.softdep', ...place, says: `It loads ${early.join(', ')} before ${module}, which alone changes nothing.` },
    ];
  });
