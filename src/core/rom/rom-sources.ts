// SPDX-License-Identifier: AGPL-3.0-or-later

/** A place from which people get a ROM for an integrated GPU. Nothing is ever downloaded by pveigpu. */
export interface RomSource {
  /** The name of the file there. */
  readonly file: string;
  /** Platforms of the catalogue (`ADL-S`). */
  readonly platforms: readonly string[];
  /** What is in it, in a few words. */
  readonly what: string;
  /** The page that names it. */
  readonly page: string;
  /** SHA-256 in hex where it is published in a text that could be read, else null. */
  readonly sha256: string | null;
  /** Where its hash is published. */
  readonly hashPage: string | null;
}

const LONGQT = 'https://github.com/LongQT-sea/intel-igpu-passthru';
/** Its README says that the hashes stand on this page; they are not repeated here, since a copy could be wrong. */
const LONGQT_RELEASES = 'https://github.com/LongQT-sea/intel-igpu-passthru/releases';
const STRONGTZ = 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/install-windows-guest.md';

/** The table of the README of LongQT-sea/intel-igpu-passthru: IgdAssignmentDxe, PlatformGopPolicy and Intel's GOP driver in one ROM for OVMF. */
const FROM_LONGQT: readonly (readonly [file: string, gop: string, ...platforms: readonly string[]])[] = [
  ['SNB_GOPv2_igd.rom', 'GOP 2', 'SNB'],
  ['IVB_GOPv3_igd.rom', 'GOP 3', 'IVB'],
  ['HSW_BDW_GOPv5_igd.rom', 'GOP 5', 'HSW', 'BDW'],
  ['SKL_CML_GOPv9_igd.rom', 'GOP 9', 'SKL', 'KBL', 'AML', 'CFL', 'WHL', 'CML'],
  ['CFL_CML_GOPv9.1_igd.rom', 'GOP 9.1', 'CFL', 'CML'],
  ['GLK_GOPv13_igd.rom', 'GOP 13', 'GLK'],
  ['ICL_GOPv14_igd.rom', 'GOP 14', 'ICL'],
  ['RKL_TGL_ADL_RPL_GOPv17_igd.rom', 'GOP 17', 'RKL', 'TGL', 'ADL-S', 'RPL-S'],
  ['RKL_TGL_ADL_RPL_GOPv17.1_igd.rom', 'GOP 17.1', 'RKL', 'TGL', 'ADL-S', 'RPL-S'],
  ['JSL_GOPv18_igd.rom', 'GOP 18', 'JSL'],
  ['ADL-H_RPL-H_GOPv21_igd.rom', 'GOP 21', 'ADL-P', 'RPL-P', 'RPL-U'],
  ['ADL-N_TWL_GOPv21_igd.rom', 'GOP 21', 'ADL-N'],
  ['ARL_MTL_GOPv22_igd.rom', 'GOP 22', 'MTL', 'ARL'],
  ['LNL_GOPv2X_igd.rom', 'GOP of a version that is not named', 'LNL'],
];

/** In the order in which they are worth a try. */
const ROM_SOURCES_BY_PLATFORM: readonly RomSource[] = [
  ...FROM_LONGQT.map(
    ([file, gop, ...platforms]): RomSource => ({
      file,
      platforms,
      what: `ROM for OVMF with ${gop}`,
      page: LONGQT,
      sha256: null,
      hashPage: LONGQT_RELEASES,
    }),
  ),
  {
    file: 'IntelGopDriver of a board with UHD 730 or 770',
    platforms: ['ADL-S', 'RPL-S'],
    what: 'GOP driver of Intel from a BIOS update, against Code 43 of Windows on a VF',
    page: STRONGTZ,
    sha256: '131c32cadb6716dba59d13891bb70213c6ee931dd1e8b1a5593dee6f3a4c2cbd',
    hashPage: STRONGTZ,
  },
  {
    file: 'IntelGopDriver of a board with Alder Lake-N',
    platforms: ['ADL-N'],
    what: 'GOP driver of Intel from a BIOS update, against Code 43 of Windows on a VF',
    page: STRONGTZ,
    sha256: 'fa12486d93bee383ad4d3719015efad09fc03352382f17c63df10b626755954b',
    hashPage: STRONGTZ,
  },
  {
    file: 'intel_hd500.rom',
    platforms: ['APL'],
    what: 'VBIOS of a NUC6CAYH with the ids of 8086:5a85, for SeaBIOS',
    page: 'https://github.com/roger-/proxmox-igpu-nuc6cayh',
    sha256: null,
    hashPage: null,
  },
];

/** Has no GOP driver: a picture comes only once the guest's own driver runs. For every platform of the table, where the others make trouble. */
const UNIVERSAL: RomSource = {
  file: 'Universal_noGOP_igd.rom',
  platforms: [],
  what: 'ROM for OVMF without GOP: a picture only from the driver of the guest',
  page: LONGQT,
  sha256: null,
  hashPage: LONGQT_RELEASES,
};

/** Where a ROM for an integrated GPU of a platform can be had; empty where nothing is known. */
export function romSourcesFor(platform: string): readonly RomSource[] {
  const own = ROM_SOURCES_BY_PLATFORM.filter(({ platforms }) => platforms.includes(platform));
  return own.some(({ page }) => page === LONGQT) ? [...own, UNIVERSAL] : own;
}

/** The source that publishes this hash, undefined where none does. */
export function romSourceOf(sha256: string): RomSource | undefined {
  return ROM_SOURCES_BY_PLATFORM.find((source) => source.sha256 === sha256);
}
