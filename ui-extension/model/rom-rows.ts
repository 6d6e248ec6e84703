// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ListedRom, RomListView } from '../../src/core/rom/rom-list-view.ts';
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';

/** A ROM file as both faces list it. */
export interface RomShown {
  readonly file: string;
  readonly size: string;
  readonly state: { readonly tone: Tone; readonly text: string };
  /** The GPUs that it is for, or that it is for none of this machine. */
  readonly fits: { readonly tone: Tone; readonly text: string };
  /** Who names it, and where it came from. */
  readonly users: string;
  readonly source: string;
}

const STATE_TONES: { readonly [S in ListedRom['state']]: Tone } = {
  installed: 'good',
  'by-hand': 'none',
  changed: 'warning',
  missing: 'critical',
};

/** The ROM files of a node, ready to be shown. */
export function romsShown({ roms }: RomListView, say: Say): readonly RomShown[] {
  return roms.map(({ file, bytes, state, ids, fits, vmids, elsewhere, source }) => ({
    file,
    size: bytes === null ? '' : `${Math.ceil(bytes / 1024)} KiB`,
    state: { tone: STATE_TONES[state], text: say(`roms.state.${state}`) },
    fits:
      fits.length > 0
        ? { tone: 'good', text: fits.join(', ') }
        : { tone: 'none', text: ids.length === 0 ? say('roms.fits.unknown') : say('roms.fits.none', { ids: ids.join(', ') }) },
    users: [...vmids.map(String), ...elsewhere].join(', '),
    source: source ?? '',
  }));
}
