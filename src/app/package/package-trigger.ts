// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../context.ts';
import { noticeKernels } from '../driver-notice.ts';
import { readDesired } from '../engine/state-files.ts';

/**
 * What the package does when dpkg has put a kernel on the node, with apt or without: the same look as apt's hook (ADR 19), which says each
 * kernel once. Answers the lines to say; none where no GPU has a mode that a kernel could lose.
 */
export async function kernelsCame(context: Context): Promise<readonly string[]> {
  const desired = await readDesired(context.host);
  if (!desired.ok) return [desired.problem.message];
  const isAsked = Object.values(desired.value.gpus).some(({ mode }) => mode !== 'host');
  return isAsked ? await noticeKernels(context) : [];
}
