// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';

/** `pveigpu acpi`. */
export const ACPI_COMMANDS: CommandSpec = {
  name: 'acpi',
  summary: 'ACPI tables for guests',
  examples: [{ line: 'pveigpu acpi rom-table 101', does: "the guest's NVIDIA card finds its ROM in ACPI" }],
  sub: [
    {
      name: 'rom-table',
      summary: 'hand the ROM of a passed-through card to the guest through ACPI (_ROM)',
      details:
        'Drivers of NVIDIA for cards without outputs (Optimus) take the ROM from the ACPI method _ROM and from nowhere else. Writes tables to /var/lib/pveigpu/VMID, names them in the args of the guest beside what stands there, and keeps the sum of all tables at a size with which the guest starts. Without --hostpci the only device with a ROM, or of NVIDIA. pveigpu unassign takes it all back.',
      arguments: [{ name: 'vmid', description: 'the guest', complete: 'vmid' }],
      options: [
        { flags: '--rom <file>', description: 'option ROM, a file name in /usr/share/kvm (default: the one of the entry)' },
        { flags: '--hostpci <n>', description: 'for hostpciN, where there are several' },
        { flags: '--battery', description: 'also a battery, which some drivers for laptops want' },
        { flags: '--force', description: 'go on in spite of what can be overridden' },
      ],
      writes: true,
      prints: true,
      examples: [
        { line: 'pveigpu acpi rom-table 101 --dry-run', does: 'only show tables and args' },
        { line: 'pveigpu acpi rom-table 101 --rom m1200.rom --battery', does: 'another ROM, and a battery' },
      ],
      load: () => import('./commands/acpi-rom-table.ts'),
    },
  ],
};
