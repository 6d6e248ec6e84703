// SPDX-License-Identifier: AGPL-3.0-or-later
import { addDrm, removeDrm } from '../drm-nodes.ts';
import type { PciDriver } from '../state.ts';
import { plainDriver } from './plain.ts';

/** A graphics driver of another maker, as far as it matters here: it has DRM nodes and nothing else. */
export function framebufferDriver(name: string, module: string, ids: readonly string[]): PciDriver {
  return {
    ...plainDriver(name, module, ids),
    probe(state, device) {
      addDrm(state, device, `${name} 1.0.0`);
      return 'ok';
    },
    remove(state, device, done) {
      removeDrm(state, device);
      return done();
    },
  };
}
