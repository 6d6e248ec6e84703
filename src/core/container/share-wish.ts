// SPDX-License-Identifier: AGPL-3.0-or-later

/** What is asked of a container's share of the GPU. */
export interface ShareWish {
  /** The group that gets the render node, by its id inside the container; looked up when absent. */
  readonly gid?: number;
  /** The card node too, which can set display modes. */
  readonly card?: boolean;
  /** Replaces the raw LXC lines of the guides. */
  readonly convert?: boolean;
}
