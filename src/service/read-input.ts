// SPDX-License-Identifier: AGPL-3.0-or-later
import type * as z from 'zod/mini';
import { ok, problem, type Result } from '../core/problem.ts';
import { visible } from '../core/text/visible.ts';

/** Checks what a request brought against the schema of its route; without a schema it may bring nothing. */
export function readInput(schema: z.ZodMiniType<unknown> | undefined, given: unknown): Result<unknown> {
  const value = given ?? {};
  if (schema === undefined) {
    const isEmpty = typeof value === 'object' && Object.keys(value).length === 0;
    return isEmpty ? ok(undefined) : problem('usage', 'This takes no input.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const where = (issue?.path ?? []).map(String).join('.');
  const name = where === '' ? 'The input' : `"${visible(where, 60)}"`;
  return problem('usage', `${name} cannot be used: ${visible(issue?.message ?? 'it has another form', 120)}.`);
}
