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
  {
    name: 'install',
    summary: 'put a ROM file where PVE looks for it, with a note of what it is',
    details:
      'Writes the file into /usr/share/kvm of this node and beside it FILE.pveigpu.json with hash, source, device and date, so that rom list can say later whether it is still the same. The ids of the ROM have to be those of a GPU of this machine, or of the device that --for names; pveigpu rom fix sets them. Nothing is downloaded. pveigpu rollback takes it back.',
    arguments: [{ name: 'file', description: 'the ROM file', complete: 'file' }],
    options: [
      { flags: '--name <name>', description: 'the name that guests will use, default that of the file', complete: 'none' },
      { flags: '--for <bdf>', description: 'the device that it is for', complete: 'bdf' },
      {
        flags: '--source <text>',
        description: 'where it came from, for the note; default the path of the file',
        complete: 'none',
      },
      {
        flags: '--all-nodes',
        description: 'every node of the cluster shall have it: noted beside it, and who still needs it is said',
      },
      { flags: '--force', description: 'also for another device, damaged, or in place of a file of somebody else' },
    ],
    writes: true,
    prints: true,
    examples: [
      { line: 'pveigpu rom install igd.rom --for 00:02.0', does: 'then: pveigpu assign 101 --mode gvt-d --rom igd.rom' },
      { line: 'pveigpu rom install vbios.rom --name igd.rom --dry-run', does: 'only show what would be written' },
    ],
    load: () => import('./commands/rom-install.ts'),
  },
  {
    name: 'list',
    summary: 'the ROM files of this node: what each is for, who uses it, and where to get one',
    options: [
      { flags: '--sources', description: "where people get a ROM for this machine's GPUs; nothing is downloaded" },
      { flags: '--all', description: "also ROMs of other devices, such as QEMU's own" },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu rom list', does: 'what is installed' },
      { line: 'pveigpu rom list --sources', does: 'names, pages and published hashes for each GPU' },
    ],
    load: () => import('./commands/rom-list.ts'),
  },
];
