// SPDX-License-Identifier: AGPL-3.0-or-later
import { vmFileKey } from './vm-options.ts';

/** A VM's values as the API answers them: numbers and booleans as numbers, all else as text. */
export function typedValues(values: ReadonlyMap<string, string>): { [key: string]: string | number } {
  return Object.fromEntries(
    [...values].map(([key, value]) => {
      const type = vmFileKey(key)?.type;
      return [key, type === 'integer' || type === 'number' || type === 'boolean' ? Number(value) : value];
    }),
  );
}
