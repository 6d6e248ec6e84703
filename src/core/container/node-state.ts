// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DrmFacts, DrmNode } from '../facts/drm-facts.ts';
import type { PciFacts } from '../facts/pci-facts.ts';
import { intelGpus, intelVfs } from '../vf/vf.ts';

/** What a path below `/dev/dri` is now. */
export type NodeState =
  /** The node of a GPU, not of a VF. */
  | { readonly kind: 'gpu'; readonly node: DrmNode }
  | { readonly kind: 'vf'; readonly node: DrmNode }
  /** A GPU that is none of Intel's. */
  | { readonly kind: 'other'; readonly node: DrmNode }
  | { readonly kind: 'vanished' };

/** The node at a path, also by udev's `by-path` name; undefined for what is no node of a PCI function. */
export function nodeState(path: string, drm: DrmFacts, pci: PciFacts): NodeState | undefined {
  const byPath = /^\/dev\/dri\/by-path\/pci-([0-9a-f:.]+)-(card|render)$/.exec(path);
  if (byPath === null && !/^\/dev\/dri\/(?:card|renderD)\d+$/.test(path)) return undefined;
  const node =
    byPath === null
      ? drm.nodes.find((one) => one.path === path)
      : drm.nodes.find((one) => one.pci === byPath[1] && one.name.startsWith(byPath[2] ?? ''));
  if (node === undefined) return { kind: 'vanished' };
  if (intelGpus(pci).some(({ bdf }) => bdf === node.pci)) return { kind: 'gpu', node };
  return { kind: intelVfs(pci).some(({ bdf }) => bdf === node.pci) ? 'vf' : 'other', node };
}

/** Whether a path names a card, which can set display modes, and not a render node. */
export function isCard(path: string): boolean {
  return /\/card\d+$|-card$/.test(path);
}
