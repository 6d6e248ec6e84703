// SPDX-License-Identifier: AGPL-3.0-or-later
import type { StaleNode } from '../core/container/stale-nodes.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint } from './style.ts';

/** Prints which containers will not start, or have the wrong node, and what to do. */
export function printStale(io: Io, stale: readonly StaleNode[]): void {
  if (stale.length > 0) io.out('\n');
  for (const { text, remedy } of stale) io.out(`${paint(io, 'bad', 'stale:')} ${visible(text)}\n  ${visible(remedy)}\n`);
}
