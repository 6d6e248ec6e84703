// SPDX-License-Identifier: AGPL-3.0-or-later
import type { WholeGpuWish } from '../core/whole-gpu/whole-gpu-wish.ts';
import type { OptionSpec, Options } from './command.ts';
import { Failure } from './print-problem.ts';

/** What only `assign --mode gvt-d` takes. */
export const WHOLE_GPU_OPTIONS: readonly OptionSpec[] = [
  { flags: '--machine <type>', description: 'gvt-d: change the machine to pc (i440fx) or q35', complete: ['pc', 'q35'] },
  { flags: '--bios <firmware>', description: 'gvt-d: change the firmware', complete: ['seabios', 'ovmf'] },
  { flags: '--vga <type>', description: 'gvt-d: none takes the virtual display away', complete: ['none'] },
  { flags: '--audio', description: "gvt-d: also the GPU's sound function, when it is in a group of its own" },
  { flags: '--phys-bits', description: "gvt-d: tell the guest the address width of the host's IOMMU" },
  { flags: '--handover', description: 'gvt-d: the host has the GPU while the guest does not run' },
  {
    flags: '--convert',
    description: 'turn hand-made lines (-device vfio-pci in args with gvt-d, lxc.* of a container) into PVE entries',
  },
];

/** The options of a whole GPU, or nothing when none was given; throws a {@link Failure} for a value that is none. */
export function wholeOf(options: Options): { readonly whole?: WholeGpuWish } {
  const machine = oneOf(options.machine, '--machine', ['pc', 'q35'] as const);
  const bios = oneOf(options.bios, '--bios', ['seabios', 'ovmf'] as const);
  const vga = oneOf(options.vga, '--vga', ['none'] as const);
  const whole: WholeGpuWish = {
    ...(machine === undefined ? {} : { machine }),
    ...(bios === undefined ? {} : { bios }),
    ...(vga === undefined ? {} : { noVga: true }),
    ...(options.audio === true ? { audio: true } : {}),
    ...(options.physBits === true ? { physBits: true } : {}),
    ...(options.handover === true ? { handover: true } : {}),
    // Containers have the same option.
    ...(options.convert === true && options.mode === 'gvt-d' ? { convert: true } : {}),
  };
  return Object.keys(whole).length === 0 ? {} : { whole };
}

function oneOf<T extends string>(text: string | boolean | undefined, flag: string, values: readonly T[]): T | undefined {
  if (typeof text !== 'string') return undefined;
  const value = values.find((one) => one === text);
  if (value === undefined)
    throw new Failure({ code: 'usage', message: `"${text}" is no value for ${flag}.`, hint: `Use ${values.join(' or ')}.` });
  return value;
}
