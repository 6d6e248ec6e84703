// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Aml, device, integer, list, method, named, text } from './aml.ts';
import { giveBack } from './logic.ts';

/** PNP0C0A as a compressed id (ACPI specification 6.5, 19.3.4; `EISAID ("PNP0C0A")`). */
const CONTROL_METHOD_BATTERY = 0x0a0cd041;
/** Present, enabled, shown, working, and a battery is in (ACPI specification 6.5, 6.3.7). */
const STATUS = 0x1f;
const UNKNOWN = 0xffffffff;
const CAPACITY_MWH = 50_000;
const DESIGN_MV = 12_000;

/**
 * A battery that is always full. Some NVIDIA drivers for laptops want one: on Linux they look whether `_BIF` says that it is rechargeable
 * (nv-acpi.c), so `_STA` alone is not enough. A guest of Windows takes its mouse for a touch pad then.
 */
export function battery(): Aml {
  const information = list(
    integer(0),
    integer(CAPACITY_MWH),
    integer(CAPACITY_MWH),
    integer(1),
    integer(DESIGN_MV),
    integer(CAPACITY_MWH / 10),
    integer(CAPACITY_MWH / 20),
    integer(1),
    integer(1),
    ...['PVEIGPU', '0', 'LION', 'PVEIGPU'].map(text),
  );
  const state = list(integer(0), integer(UNKNOWN), integer(CAPACITY_MWH), integer(DESIGN_MV));
  return device(
    '\\_SB.PBAT',
    named('_HID', integer(CONTROL_METHOD_BATTERY)),
    named('_UID', integer(1)),
    method('_STA', 0, false, giveBack(integer(STATUS))),
    method('_BIF', 0, false, giveBack(information)),
    method('_BST', 0, false, giveBack(state)),
  );
}
