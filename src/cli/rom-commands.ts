// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';

/** `pveigpu rom`. */
export const ROM_COMMANDS: CommandSpec = {
  name: 'rom',
  summary: 'option ROMs: read, dump, mend',
  examples: [{ line: 'pveigpu rom info igd.rom', does: 'what is in a ROM file, and what is wrong with it' }],
  sub: [
    {
      name: 'info',
      summary: 'what is in an option ROM, and what is wrong with it',
      details:
        "Header, PCI data structure, EFI header, the extensions of NVIDIA, the true end, checksums, the version of Intel's GOP driver and VBT. An absolute path is a file of the machine that --host or --root names; an address of a device reads its ROM as rom dump does. Exit code 1 when firmware could not use the ROM.",
      arguments: [{ name: 'what', description: 'a ROM file, or the address of a device', complete: 'file' }],
      options: [
        { flags: '--for <bdf>', description: 'say whether it is for the device at this address', complete: 'bdf' },
        { flags: '--rom-parser', description: 'the output of the program rom-parser' },
        { flags: '--force', description: 'read a device although a guest has it' },
      ],
      prints: true,
      examples: [
        { line: 'pveigpu rom info /usr/share/kvm/igd.rom --for 00:02.0', does: 'is it whole, and for this GPU?' },
        { line: 'pveigpu rom info 00:02.0', does: 'what the GPU itself gives' },
      ],
      load: () => import('./commands/rom-info.ts'),
    },
    {
      name: 'dump',
      summary: 'write the ROM of a device into a file',
      details:
        'By default from the device: it is woken, made to decode and its ROM switched on, and all that is taken back. Other places are the ROM that nouveau runs with, the ACPI table VFCT of AMD, and the ACPI method _ROM through the module acpi_call. What else can be tried is in docs/rom.md.',
      arguments: [
        { name: 'bdf', description: 'the device', complete: 'bdf' },
        { name: 'file', description: 'where to write it; by default named after ids and hash', optional: true, complete: 'file' },
      ],
      options: [
        {
          flags: '--source <name>',
          description: 'sysfs (default), nouveau, vfct or acpi',
          complete: ['sysfs', 'nouveau', 'vfct', 'acpi'],
        },
        { flags: '--force', description: 'overwrite an existing file; read although a guest has the device' },
      ],
      prints: true,
      examples: [
        { line: 'pveigpu rom dump 00:02.0 igd.rom', does: 'from the device' },
        { line: 'pveigpu rom dump 01:00.0 --source acpi', does: 'of a card without outputs, from the firmware' },
      ],
      load: () => import('./commands/rom-dump.ts'),
    },
  ],
};
