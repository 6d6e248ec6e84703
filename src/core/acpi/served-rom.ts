// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciIds } from '../facts/pci-facts.ts';
import type { Remark } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { type OptionRom, parseOptionRom } from '../rom/option-rom.ts';

/** A file of /usr/share/kvm as it is now. */
export type RomFileNow =
  | { readonly kind: 'content'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly errno: string };

/** A ROM that can be handed out, and what to say about it. */
export interface ServedRom {
  readonly bytes: Uint8Array;
  readonly remarks: readonly Remark[];
}

/** Fails with `usage` for a name that leads out of /usr/share/kvm, or that the configuration of a guest cannot hold. */
export function checkRomName(romfile: string | undefined): Result<void> {
  if (romfile === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(romfile)) return ok(undefined);
  const hint = 'Put the ROM into /usr/share/kvm and give its name alone.';
  return problem('usage', `"${romfile}" is no bare file name.`, { hint });
}

/** The ROM that a device shall have; fails where the file is none. `ids` are the device's own, where they are known. */
export function servedRom(romfile: string, file: RomFileNow | undefined, ids: PciIds | undefined): Result<ServedRom> {
  const path = `/usr/share/kvm/${romfile}`;
  if (file?.kind !== 'content') {
    const why = file?.kind === 'unreadable' ? `${path} cannot be read: ${file.errno}` : `There is no ${path}`;
    const hint =
      'Put the ROM there: pveigpu rom dump reads it from the device, pveigpu rom extract finds it in an update of the firmware.';
    return problem('guest.config', `${why}; a start with it would fail.`, { hint, where: path });
  }
  const { bytes } = file;
  const rom = parseOptionRom(bytes);
  if (rom.images.length === 0 || rom.faults.includes('header-in-front')) {
    const what = rom.images.length === 0 ? 'is no option ROM' : 'does not begin with the ROM, as a dump of a flash tool';
    return problem('guest.config', `${path} ${what}.`, { hint: 'See pveigpu rom info.', where: path });
  }
  return ok({ bytes, remarks: [...otherDevice(rom, path, ids), ...isCut(rom, path)] });
}

function otherDevice({ images }: OptionRom, path: string, ids: PciIds | undefined): readonly Remark[] {
  if (ids === undefined || images.some(({ vendor, device }) => vendor === ids.vendor && device === ids.device)) return [];
  const [first] = images;
  const text = `${path} is for ${first?.vendor}:${first?.device}, and the device is ${ids.vendor}:${ids.device}.`;
  const hint = 'A ROM of another card can hang the guest. Give --force if you know that it fits.';
  return [{ level: 'blocker', id: 'rom.other-device', text, hint, overridable: true, code: 'guest.config' }];
}

function isCut({ faults }: OptionRom, path: string): readonly Remark[] {
  if (!faults.some((fault) => fault === 'truncated' || fault === 'private-images-cut')) return [];
  const text = `${path} ends before the ROM does: Linux cuts ROMs of some NVIDIA cards when they are read from the device.`;
  return [
    { level: 'warning', id: 'rom.cut', text, hint: 'See pveigpu rom info; one out of an update of the firmware is whole.' },
  ];
}
