// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';
import { ROM_STORE_COMMANDS } from './rom-store-commands.ts';

/** `pveigpu rom`. */
export const ROM_COMMANDS: CommandSpec = {
  name: 'rom',
  summary: 'option ROMs: read, dump, mend, find, install',
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
    {
      name: 'fix',
      summary: 'give a ROM file the ids of a device, and a right checksum',
      details:
        'Firmware without UEFI (SeaBIOS) runs a ROM only for its own ids and with a right checksum. Legacy images are changed, EFI images only with --efi and only their ids, since they have no checksum. The file stays as it is: the changed ROM goes into FILE.fixed.rom, a copy of the original into FILE.HASH.bak. Without options it asks, with the questions of rom-fixer; an end of the input writes nothing.',
      arguments: [{ name: 'file', description: 'a ROM file', complete: 'file' }],
      options: [
        { flags: '--device <id>', description: 'the device id that the images shall have, four hex digits', complete: 'none' },
        { flags: '--vendor <id>', description: 'the vendor id', complete: 'none' },
        { flags: '--class <code>', description: 'the class, six hex digits', complete: 'none' },
        { flags: '--for <bdf>', description: 'take the ids from the device at this address', complete: 'bdf' },
        { flags: '--image <n>', description: 'change only the n-th image', complete: 'none' },
        { flags: '--efi', description: 'also change the ids of EFI images' },
        { flags: '--output <file>', description: 'where the changed ROM goes', complete: 'file' },
        { flags: '--in-place', description: 'change the file itself; the copy is made all the same' },
        { flags: '--dry-run', description: 'show what would change, write nothing' },
        { flags: '-y, --yes', description: 'do not ask; without an id only checksums are mended' },
        { flags: '--force', description: 'also a ROM of NVIDIA or of another maker; overwrite another ROM' },
      ],
      prints: true,
      examples: [
        { line: 'pveigpu rom fix igd.rom', does: 'asks for each id and the checksum' },
        { line: 'pveigpu rom fix igd.rom --device 5a85 --yes', does: 'a ROM for 8086:5a85, without a question' },
        { line: 'pveigpu rom fix igd.rom --for 00:02.0', does: 'for the GPU of this node' },
      ],
      load: () => import('./commands/rom-fix.ts'),
    },
    ...ROM_STORE_COMMANDS,
  ],
};
