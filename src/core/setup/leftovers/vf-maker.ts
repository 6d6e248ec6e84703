// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Leftover, LeftoverGround } from './leftover.ts';

/** A line that writes `sriov_numvfs` of some device at boot. */
export interface VfWrite {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** The attribute as the line names it, any path that ends in `ADDRESS/sriov_numvfs`. */
  readonly attribute: string;
  readonly count: number;
}

/** What a line that makes VFs at boot means for the wanted mode; nothing when it is about another device or makes none. */
export function makerOf({ device, mode }: LeftoverGround, write: VfWrite): readonly Leftover[] {
  if (!write.attribute.endsWith(`${device.bdf}/sriov_numvfs`) || write.count === 0) return [];
  const { path, line, text, count } = write;
  const says = `It makes ${count} ${count === 1 ? 'VF' : 'VFs'} of ${device.bdf} at each boot.`;
  const serves = mode === 'sriov' ? { serves: true as const } : {};
  return [{ id: 'leftover.vf-maker', path, line, text, says, ...serves }];
}
