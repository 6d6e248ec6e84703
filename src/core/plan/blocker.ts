// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Remark } from './action.ts';

/** The remark for which a plan must not run, undefined when there is none. */
export function blockerOf(plan: Plan, force: boolean): Remark | undefined {
  return plan.remarks.find(({ level, overridable }) => level === 'blocker' && !(force && overridable === true));
}
