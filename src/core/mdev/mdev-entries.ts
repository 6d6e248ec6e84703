// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Assignment } from '../assign/assignments.ts';
import type { MdevType } from '../facts/pci-facts.ts';
import { hostpciValue, parseHostpci } from '../guest/hostpci.ts';
import type { MdevGpu } from './mdev-gpu.ts';

/** The mediated device type that a `hostpciN` value asks for, or undefined. */
export function mdevTypeOf(value: string): string | undefined {
  const parsed = parseHostpci(value);
  return parsed.ok ? hostpciValue(parsed.value, 'mdev') : undefined;
}

/** The entries of guests for mediated devices of one GPU, those that only wait included. */
export function mdevEntries(assignments: readonly Assignment[], { gpu }: Pick<MdevGpu, 'gpu'>): readonly Assignment[] {
  return assignments.filter((one) => one.form === 'mdev' && one.state !== 'leaving' && one.devices.includes(gpu.bdf));
}

/** The offered type that an entry asks for; undefined when the GPU does not offer it. */
export function typeOfEntry(one: Assignment, types: readonly MdevType[]): MdevType | undefined {
  const wanted = mdevTypeOf(one.value);
  return types.find(({ id }) => id === wanted);
}
