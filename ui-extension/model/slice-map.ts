// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * How one slice stands: `free`; `assigned`, a guest that does not run names it; `running`, a guest uses it now; `host`, the node itself uses it;
 * `leaving`, it goes away when it is closed; `foreign`, something that is no guest of this node has it.
 */
export type SliceState = 'free' | 'assigned' | 'running' | 'host' | 'leaving' | 'foreign';

/** One slice of a GPU on the map. */
export interface SliceCell {
  /** Unique on the map: the address, the UUID, or the guest and its key. */
  readonly id: string;
  readonly kind: 'gpu' | 'vf' | 'mdev' | 'container';
  /** For example `VF 1`. */
  readonly title: string;
  readonly state: SliceState;
  /** The state in words. */
  readonly stateText: string;
  /** Whose it is, `VM 101`; null when nobody's. */
  readonly owner: string | null;
  /** The guests that it belongs to, so that a click can open them. */
  readonly vmids: readonly number[];
  /** Everything else that is known of it, for the line below the map. */
  readonly details: readonly { readonly name: string; readonly text: string }[];
}

/** One GPU on the map. */
export interface SliceGpu {
  readonly bdf: string;
  readonly title: string;
  /** One line below the title: mode, driver, how many are free. */
  readonly subtitle: string;
  readonly cells: readonly SliceCell[];
  /** Said below the cells, for example that guests take a free VF of a pool when they start. */
  readonly notes: readonly string[];
}

/** What `<pveigpu-slice-map>` shows. */
export interface SliceMap {
  readonly gpus: readonly SliceGpu[];
  /** Said when there is nothing to show. */
  readonly empty: string;
  /** Label of the whole for screen readers. */
  readonly label: string;
  /** Said while no slice is chosen. */
  readonly hint: string;
  /** The states with their words, for the legend. */
  readonly legend: readonly { readonly state: SliceState; readonly text: string }[];
}
