// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DoctorCase } from '../doctor-case.ts';

/** Whether the node was rebooted since something was set up; false where nothing was, or where boots cannot be told apart. */
export function hasBooted({ pending, bootId }: Pick<DoctorCase, 'pending' | 'bootId'>): boolean {
  return pending !== null && pending.bootId !== null && bootId !== null && pending.bootId !== bootId;
}
