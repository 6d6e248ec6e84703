// SPDX-License-Identifier: AGPL-3.0-or-later
import { CONFIRM_UNIT_NAME, confirmUnit } from '../boot/confirm-unit.ts';
import type { WantedUnit } from './wanted.ts';

/** Wanted by every mode that needs a reboot. */
export function confirmWanted(program: string): WantedUnit {
  return {
    name: CONFIRM_UNIT_NAME,
    text: confirmUnit(program),
    because: 'after the reboot it confirms the set-up, or takes it back when the node did not come up well',
  };
}
