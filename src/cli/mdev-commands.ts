// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';
import { GPU } from './common-options.ts';

/** `pveigpu mdev`. */
export const MDEV_COMMANDS: CommandSpec = {
  name: 'mdev',
  summary: 'mediated devices (GVT-g)',
  examples: [{ line: 'pveigpu mdev types', does: 'what each GPU offers, and how many of each fit now' }],
  sub: [
    {
      name: 'types',
      summary: 'the types that a GPU offers: memory, fences, resolution, weight, how many more fit',
      options: [GPU],
      prints: true,
      examples: [{ line: 'pveigpu mdev types', does: 'the type that assign takes when none is named is marked' }],
      load: () => import('./commands/mdev-types.ts'),
    },
    {
      name: 'list',
      summary: 'the mediated devices that exist, who uses them, and which are left over',
      options: [GPU],
      prints: true,
      examples: [{ line: 'pveigpu mdev list', does: 'all of them' }],
      load: () => import('./commands/mdev-list.ts'),
    },
    {
      name: 'clean',
      summary: 'take leftover mediated devices away; never one that is open',
      details:
        'A leftover is one that PVE made for a guest which neither runs nor is set to use it, as after a crash. A UUID takes that one alone, also one that is kept or was not made by PVE, but none that a process has open.',
      arguments: [{ name: 'uuid', description: 'only this one', optional: true }],
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu mdev clean', does: 'gives their memory to new ones' }],
      load: () => import('./commands/mdev-clean.ts'),
    },
  ],
};
