// SPDX-License-Identifier: AGPL-3.0-or-later
import { EFI_CODE, LEGACY_CODE, type OptionRomImage } from '../../rom/rom-image.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { type ReadRomUse, readRomUses } from './rom-use.ts';

// SeaBIOS src/optionroms.c: is_valid_rom() adds up the bytes, map_pcirom() compares the ids of the image with those of the device.
const SEABIOS = 'https://github.com/coreboot/seabios/blob/master/src/optionroms.c';

/** A VBIOS of another id: dumps of integrated GPUs often carry 0406, which SeaBIOS does not run for the real one. */
export const ROM_OTHER_ID: FindingRule = {
  id: 'rom.other-id',
  severity: 'warning',
  title: 'The VBIOS in a ROM file is for another device id',
  reference: SEABIOS,
  follows: ['rom.damaged'],
  examine: legacyFault(
    ({ ids }, { vendor, device }) => ids.length > 0 && !ids.includes(`${vendor}:${device}`),
    ({ ids, file, name }, { vendor, device }) => ({
      because: `The VBIOS in ${file.path} is for ${vendor}:${device} and the device is ${ids.join(' or ')}, so SeaBIOS of ${name} does not run it.`,
      value: `legacy image for ${vendor}:${device}`,
      remedy:
        'Give the file the id of the device and a right checksum (pveigpu rom fix FILE --for BDF), or take a file that is made for it. OVMF does not look at the id.',
    }),
  ),
};

/** A VBIOS whose bytes do not add up: SeaBIOS does not run it. */
export const ROM_BAD_CHECKSUM: FindingRule = {
  id: 'rom.bad-checksum',
  severity: 'warning',
  title: 'The checksum of the VBIOS in a ROM file is wrong',
  reference: SEABIOS,
  follows: ['rom.damaged'],
  examine: legacyFault(
    (_, { checksumOk }) => checksumOk === false,
    ({ file, name }) => ({
      because: `The bytes of the VBIOS in ${file.path} do not add up to 0, so SeaBIOS of ${name} does not run it.`,
      value: 'checksum of the legacy image: wrong',
      remedy:
        'Mend it with pveigpu rom fix FILE --yes, where somebody changed its id; where nothing was changed the file is damaged.',
    }),
  ),
};

/** A ROM with code for the other kind of firmware only: the guest has no picture before its own driver starts. */
export const ROM_OTHER_FIRMWARE: FindingRule = {
  id: 'rom.other-firmware',
  severity: 'advice',
  title: 'A ROM file has no image for the firmware of the guest',
  reference: 'https://gitlab.com/qemu-project/qemu/-/blob/master/docs/igd-assign.txt',
  follows: ['rom.damaged'],
  examine: (ground) =>
    readRomUses(ground).flatMap(({ rom, firmware, name, file, line }): readonly Outcome[] => {
      const [wanted, kind, runs] =
        firmware === 'ovmf' ? [EFI_CODE, 'an EFI image (GOP)', 'OVMF'] : [LEGACY_CODE, 'a legacy image (VBIOS)', 'SeaBIOS'];
      const types = [LEGACY_CODE, EFI_CODE].filter((type) => rom.images.some(({ codeType }) => codeType === type));
      if (types.length === 0 || types.includes(wanted)) return [];
      return [
        {
          state: 'problem',
          subject: name,
          because: `${name} starts with ${runs}, and ${file.path} lacks ${kind}, so there is no picture before the guest's own driver starts.`,
          evidence: [
            {
              source: file.path,
              value: `images: ${rom.images.map(({ codeType }) => (codeType === EFI_CODE ? 'EFI' : `type ${codeType}`)).join(', ')}`,
            },
            line,
          ],
          remedy: {
            text: `Take a file with ${kind}, or do without a picture until the driver starts.`,
          },
        },
      ];
    }),
};

interface Told {
  readonly because: string;
  readonly value: string;
  readonly remedy: string;
}

/** Says of the legacy images of guests with SeaBIOS what is wrong; other firmware does not look at them. */
function legacyFault(
  isFault: (use: ReadRomUse, image: OptionRomImage) => boolean,
  tell: (use: ReadRomUse, image: OptionRomImage) => Told,
): FindingRule['examine'] {
  return (ground) =>
    readRomUses(ground).flatMap((use): readonly Outcome[] => {
      const image = use.rom.images.find((one) => one.codeType === LEGACY_CODE && isFault(use, one));
      if (use.firmware !== 'seabios' || image === undefined) return [];
      const { because, value, remedy } = tell(use, image);
      return [
        {
          state: 'problem',
          subject: use.name,
          because,
          evidence: [{ source: use.file.path, value }, use.line],
          remedy: { text: remedy },
        },
      ];
    });
}
