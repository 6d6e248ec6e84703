// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf, ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import type { RomFile } from '../../facts/rom-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { hostpciEntries, valueAt } from '../../guest/guest-view.ts';
import { hostpciValue } from '../../guest/hostpci.ts';
import { hostpciTargets } from '../../guest/hostpci-targets.ts';
import type { OptionRom } from '../../rom/option-rom.ts';
import { visible } from '../../text/visible.ts';
import { deviceAt } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';

/** One ROM file in one entry of a guest of this node. */
export interface RomUse {
  readonly guest: Guest;
  /** `VM 101`. */
  readonly name: string;
  readonly file: RomFile;
  readonly firmware: 'ovmf' | 'seabios';
  /** Ids that the guest sees of the device, `8086:5a85`; empty where it is not there. */
  readonly ids: readonly string[];
  readonly line: Evidence;
}

/** A use whose file could be read as a ROM. */
export interface ReadRomUse extends RomUse {
  readonly rom: OptionRom;
}

/** The ROM files of this node's guests, as their next start takes them. */
export function romUses({ facts }: DoctorCase): readonly RomUse[] {
  const files = ifKnown(facts.roms)?.roms ?? [];
  if (files.length === 0) return [];
  const pci = ifKnown(facts.pci);
  const present = pci === undefined ? [] : [...pci.displays, ...pci.others];
  const pools = ifKnown(facts.pools)?.pools ?? [];
  return ownGuests(facts).flatMap((guest) =>
    hostpciEntries(guest, 'next').flatMap(({ key, text, parsed }): readonly RomUse[] => {
      const romfile = parsed.ok ? hostpciValue(parsed.value, 'romfile') : undefined;
      const file = romfile === undefined ? undefined : files.find(({ name }) => name === visible(romfile, 120));
      if (!parsed.ok || file === undefined) return [];
      const targets = hostpciTargets(
        parsed.value,
        present.map(({ bdf }) => bdf),
        pools,
        nodeOf(facts),
      );
      const devices = targets.flatMap((bdf) => (pci === undefined ? [] : (deviceAt(pci, bdf) ?? [])));
      const own = (name: 'vendor-id' | 'device-id', real: string) =>
        hostpciValue(parsed.value, name)?.slice(2).toLowerCase() ?? real;
      return [
        {
          guest,
          name: guestName(guest),
          file,
          firmware: valueAt(guest, 'bios', 'next') === 'ovmf' ? 'ovmf' : 'seabios',
          ids: devices.map(({ vendor, device }) => `${own('vendor-id', vendor)}:${own('device-id', device)}`),
          line: { source: guestName(guest), value: visible(`${key}: ${text}`, 160) },
        },
      ];
    }),
  );
}

/** The uses of files that were read and have at least one image. */
export function readRomUses(ground: DoctorCase): readonly ReadRomUse[] {
  return romUses(ground).flatMap((use) => {
    const rom = ifKnown(use.file.rom);
    return rom === undefined || rom.images.length === 0 ? [] : [{ ...use, rom }];
  });
}
