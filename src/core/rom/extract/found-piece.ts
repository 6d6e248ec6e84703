// SPDX-License-Identifier: AGPL-3.0-or-later
import type { OptionRom } from '../option-rom.ts';
import type { Vbt } from '../vbt.ts';

interface FoundBytes {
  /** A copy, so that the firmware itself can go. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** `at 1a000h`, `in what file GUID holds packed`. */
  readonly where: string;
}

/** An option ROM in firmware, from its first image to its last. */
export interface FoundRom extends FoundBytes {
  readonly rom: OptionRom;
}

/** A driver that brings up a display (GOP), as firmware holds it: without the header of an option ROM. */
export interface FoundGop extends FoundBytes {
  /** As its file calls itself, else its GUID. */
  readonly name: string;
  readonly guid: string;
  /** Of Intel's. */
  readonly version?: string;
}

/** Intel's Video BIOS Table in firmware. */
export interface FoundVbt extends FoundBytes {
  readonly vbt: Vbt;
}

/** Everything that was found; equal bytes are listed once. */
export interface FirmwareFinds {
  readonly roms: FoundRom[];
  readonly gops: FoundGop[];
  readonly vbts: FoundVbt[];
}
