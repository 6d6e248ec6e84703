// SPDX-License-Identifier: AGPL-3.0-or-later
import type { OptimusWish } from '../core/optimus/optimus-wish.ts';
import type { OptionSpec, Options } from './command.ts';
import { Failure } from './print-problem.ts';

/** What only `assign --gpu BDF` of an NVIDIA card takes. */
export const OPTIMUS_OPTIONS: readonly OptionSpec[] = [
  { flags: '--subsystem <ids>', description: 'NVIDIA: the subsystem ids that the guest sees, VVVV:DDDD' },
  { flags: '--battery', description: 'NVIDIA: also a battery, which some drivers for laptops want' },
];

/** The options of an NVIDIA card, or nothing when none was given; throws a {@link Failure} for ids that are none. */
export function optimusOf(options: Options): { readonly optimus?: OptimusWish } {
  const subsystem = subsystemOf(options.subsystem);
  const optimus: OptimusWish = {
    ...(subsystem === undefined ? {} : { subsystem }),
    ...(options.battery === true ? { battery: true } : {}),
  };
  return Object.keys(optimus).length === 0 ? {} : { optimus };
}

function subsystemOf(text: string | boolean | undefined): OptimusWish['subsystem'] {
  if (typeof text !== 'string') return undefined;
  const [, vendor, device] = /^([0-9a-f]{4}):([0-9a-f]{4})$/.exec(text.toLowerCase()) ?? [];
  if (vendor !== undefined && device !== undefined) return { vendor, device };
  throw new Failure({ code: 'usage', message: `"${text}" are no subsystem ids.`, hint: 'Write them as 17aa:3b2c.' });
}
