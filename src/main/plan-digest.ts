// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import type { Plan } from '../core/plan/action.ts';
import { ok, problem, type Result } from '../core/problem.ts';

/**
 * SHA-256 of all that a plan would do, 64 hex digits: who agreed to a plan elsewhere (in the panel, in a script) names it, and nothing is done
 * when the plan has become another.
 */
export function planDigest({ steps, ahead, desired }: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify([steps, ahead ?? null, desired ?? null]))
    .digest('hex');
}

/** The digest of a plan; fails with `plan.drift` when another plan was agreed on. Without one that was agreed on, any will do. */
export function agreedDigest(plan: Plan, agreed: string | undefined): Result<string> {
  const digest = planDigest(plan);
  if (agreed === undefined || agreed === digest) return ok(digest);
  return problem('plan.drift', 'What would have to be done now is not what was agreed on, so nothing was changed.', {
    hint: 'Look at the plan again: its digest is another one.',
  });
}
