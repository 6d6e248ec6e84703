// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Reading, Section } from '../../../src/core/facts/section.ts';

/** The value of a section that a test expects to be known; fails with the reason otherwise. */
export function knownValue<T>(section: Section<T> | Reading<T>): T {
  if (section.state !== 'known') throw new Error(`expected a known value, got ${JSON.stringify(section)}`);
  return section.value;
}
