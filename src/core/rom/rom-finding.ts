// SPDX-License-Identifier: AGPL-3.0-or-later

/** `error`: firmware does not take the image; `warning`: it may be refused, or something is lost; `note`: good to know. */
export type RomSeverity = 'error' | 'warning' | 'note';

/** Everything that can be said of a ROM, with how bad it is and what it means. An id is stable: scripts may compare it. */
export const ROM_FINDINGS = {
  empty: ['error', 'The file has only zeros or only ones: the device was asleep or did not decode when its ROM was read.'],
  'no-signature': ['error', 'This is no option ROM: no image with 55 AA and a PCI data structure is in it.'],
  'header-in-front': ['error', 'The ROM does not begin at the start of the file: QEMU and firmware need 55 AA there.'],
  'truncated-header': ['error', 'The file ends within the header.'],
  'no-pci-data': ['error', 'There is no PCI data structure: this is the ROM of an ISA device, or damaged.'],
  'pci-data-outside': ['error', 'The header points to a PCI data structure behind the end of the file.'],
  truncated: ['error', 'An image is longer than the file: the copy or the dump was broken off.'],
  'no-last-flag': ['warning', 'No image says that it is the last one. Firmware takes such a ROM, some tools do not.'],
  'no-length': ['error', 'An image does not say how long it is, so what follows it cannot be found.'],
  'private-images-cut': [
    'warning',
    'NVIDIA says that private images follow, and they are not here: Linux gives a dump without them for some cards.',
  ],
  'too-many-images': ['error', 'There are more images than any option ROM has.'],
  'bad-checksum': ['error', 'The bytes of a legacy image do not add up to 0, so SeaBIOS does not run it.'],
  'checksum-not-kept': ['note', 'NVIDIA says of this image that its checksum is not kept.'],
  'init-size': ['warning', 'The header says another size than the PCI data structure, and SeaBIOS goes by the header.'],
  'pci-data-unaligned': ['warning', 'The PCI data structure is not at a multiple of 4, and EDK2 does not take the image.'],
  'efi-signature': ['error', 'An EFI image lacks the signature 0EF1, so no UEFI firmware takes it.'],
  'efi-subsystem': ['error', 'An EFI image is no driver, so UEFI firmware does not load it.'],
  'efi-machine': ['warning', 'An EFI image is not for x86-64, so OVMF does not load it.'],
  'efi-compression': ['error', 'An EFI image is compressed in a way that the specification does not know.'],
  'efi-size': ['error', 'The sizes in an EFI header do not fit its image, so EDK2 does not load it.'],
  'private-images': ['note', "NVIDIA's private images are here: no firmware of a guest runs them, the driver reads them."],
  'more-data': ['warning', 'Data follows behind the last image.'],
  padding: ['note', 'The file is filled up behind the last image.'],
  'other-ids': ['note', 'The images are for different ids.'],
  'other-device': ['warning', 'No image is for the device that was named.'],
  'vbt-cut': ['warning', 'The Video BIOS Table says that it is longer than what is here.'],
} as const satisfies { readonly [id: string]: readonly [RomSeverity, string] };

/** A stable id of {@link ROM_FINDINGS}. */
export type RomFindingId = keyof typeof ROM_FINDINGS;

/** One thing that was found in a ROM. */
export interface RomFinding {
  readonly id: RomFindingId;
  readonly severity: RomSeverity;
  readonly meaning: string;
  /** Where the image begins that it is about, in bytes; absent where it is about the whole file. */
  readonly offset?: number;
  /** The values behind it, such as `8086:0406`. */
  readonly value?: string;
}

/** A finding with what the table says of it. */
export function romFinding(id: RomFindingId, more: { readonly offset?: number; readonly value?: string } = {}): RomFinding {
  const [severity, meaning] = ROM_FINDINGS[id];
  return { id, severity, meaning, ...more };
}
