// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import type { Plan } from '../core/plan/action.ts';

/**
 * SHA-256 of all that a plan would do, 64 hex digits: who agreed to a plan elsewhere (in the panel, in a script) names it, and nothing is done
 * when the plan has become another.
 */
export function planDigest({ steps, ahead, desired }: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify([steps, ahead ?? null, desired ?? null]))
    .digest('hex');
}
