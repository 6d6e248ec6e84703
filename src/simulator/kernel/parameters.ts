// SPDX-License-Identifier: AGPL-3.0-or-later
import { kstrtobool } from './numbers.ts';

/**
 * How sysfs shows a module parameter after it was given a value, judged by its default: `Y` and `N` are truth values, digits
 * are numbers, anything else is text. Undefined when the kernel would refuse the value (kernel/params.c).
 */
export function parameterText(standard: string, value: string): string | undefined {
  if (standard === 'Y' || standard === 'N') {
    const truth = kstrtobool(value);
    return truth === undefined ? undefined : truth ? 'Y' : 'N';
  }
  if (/^-?[0-9]+$/.test(standard)) return /^-?(0x[0-9a-f]+|[0-9]+)$/i.test(value) ? String(Number(value)) : undefined;
  return value;
}
