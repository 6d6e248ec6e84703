// SPDX-License-Identifier: AGPL-3.0-or-later
import type { TextRule } from './text-rule.ts';
import { CONTAINER_TEXTS } from './texts/container-texts.ts';
import { DRIVER_TEXTS } from './texts/driver-texts.ts';
import { FIRMWARE_TEXTS } from './texts/firmware-texts.ts';
import { HARMLESS_TEXTS } from './texts/harmless-texts.ts';
import { MDEV_TEXTS } from './texts/mdev-texts.ts';
import { PVE_TEXTS } from './texts/pve-texts.ts';
import { QEMU_TEXTS } from './texts/qemu-texts.ts';
import { SRIOV_TEXTS } from './texts/sriov-texts.ts';

/** Every text that is known. The first rule that matches a line counts, so what is harmless stands before what it looks like. */
export const TEXT_RULES: readonly TextRule[] = [
  ...HARMLESS_TEXTS,
  ...MDEV_TEXTS,
  ...SRIOV_TEXTS,
  ...DRIVER_TEXTS,
  ...FIRMWARE_TEXTS,
  ...QEMU_TEXTS,
  ...PVE_TEXTS,
  ...CONTAINER_TEXTS,
];

/** How a line of this text looks, so that a finding and `explain` mean the same lines. Matches nothing where there is no such text. */
export function textPattern(id: string): RegExp {
  return TEXT_RULES.find((rule) => rule.id === id)?.pattern ?? /(?!)/;
}
