// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';

/** `pveigpu rom extract` and what is done with a ROM file then. */
export const ROM_STORE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'extract',
    summary: 'find option ROMs in a BIOS update or a firmware image',
    details:
      "Looks at every byte and into everything that is packed: firmware volumes, files and sections, LZMA, EFI and Tiano compression, capsules, dumps of flash chips, update programs of Dell. Other programs and archives are unpacked with 7zip or innoextract where those are installed, as nobody and without network; this needs root. The ROMs of displays are written, with --all also other ROMs, GOP drivers and Intel's VBT. Exit code 1 when nothing was found.",
    arguments: [{ name: 'firmware', description: 'the update or the image', complete: 'file' }],
    options: [
      { flags: '--to <folder>', description: 'where the files go, default here', complete: 'file' },
      { flags: '--list', description: 'only say what is in it, write nothing' },
      { flags: '--all', description: 'also write ROMs of other devices, GOP drivers and VBTs' },
      { flags: '--force', description: 'replace a file of the same name with other content' },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu rom extract --list X570.CAP', does: 'what is in an update of a board' },
      { line: 'pveigpu rom extract --to roms update.exe', does: 'write the ROMs of displays into the folder roms' },
    ],
    load: () => import('./commands/rom-extract.ts'),
  },
];
