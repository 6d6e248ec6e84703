// SPDX-License-Identifier: AGPL-3.0-or-later
import type { OptionRom } from '../rom/option-rom.ts';
import type { Reading } from './section.ts';

/** A file that guests name with `romfile=`. */
export interface RomFile {
  /** As the configuration has it, made visible. */
  readonly name: string;
  /** PVE takes it below `/usr/share/kvm`, whatever it is (qemu-server PCI.pm). */
  readonly path: string;
  /** The guests of this node that name it. */
  readonly vmids: readonly number[];
  /** Guests of other nodes of the cluster that name it: they need it here when they move. */
  readonly elsewhere: readonly number[];
  readonly rom: Reading<OptionRom>;
}

/** The `roms` section: the ROM files that guests name, as they are on this node. */
export interface RomFacts {
  readonly roms: readonly RomFile[];
}
