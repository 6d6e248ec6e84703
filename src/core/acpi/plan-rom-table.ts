// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestGround } from '../assign/assign-request.ts';
import { findGuest, unlockedGuest } from '../assign/find-guest.ts';
import { changeGuest } from '../assign/guest-change.ts';
import { guestName, nextConfig } from '../assign/guest-keys.ts';
import { guestRemarks } from '../assign/guest-remarks.ts';
import { hookWish } from '../assign/hook-script.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { type Hostpci, hostpciValue, parseHostpci } from '../guest/hostpci.ts';
import { hostpciTargets } from '../guest/hostpci-targets.ts';
import type { Plan } from '../plan/action.ts';
import { requireKnown, writablePve } from '../pool/pve-writable.ts';
import { ok, problem, type Result } from '../problem.ts';
import { deviceTables } from './device-tables.ts';
import { checkRomName } from './served-rom.ts';

/** What is asked: ACPI tables that hand out the ROM of one device of a VM. */
export interface RomTableRequest {
  readonly vmid: number;
  /** N of `hostpciN`; default: the only one with a ROM, or of NVIDIA. */
  readonly index?: number;
  /** A file name in /usr/share/kvm; default: the one that the entry names. */
  readonly romfile?: string;
  readonly battery: boolean;
}

/** The device that is meant, and its ROM. */
export interface RomTableTarget {
  readonly guest: Guest;
  readonly index: number;
  readonly romfile: string;
  readonly device?: PciDevice;
}

/** Why our hookscript comes along. */
const LOOKS = 'nobody looks before a start whether the tables still fit';

/** Which device is meant; fails with the flag that is missing. */
export function romTableTarget(ground: GuestGround, { vmid, index, romfile }: RomTableRequest): Result<RomTableTarget> {
  const usage = checkRomName(romfile);
  if (!usage.ok) return usage;
  const guest = changeableVm(ground, vmid);
  if (!guest.ok) return guest;
  const entries = entriesOf(guest.value);
  const chosen =
    index === undefined
      ? entries.filter((one) => mayBeMeant(ground, guest.value, one))
      : entries.filter((one) => one.index === index);
  const [only, second] = chosen;
  const name = guestName(guest.value);
  if (only === undefined)
    return problem(
      'guest.config',
      index === undefined ? `${name} has no device of NVIDIA and none with a ROM.` : `${name} has no hostpci${index}.`,
      {
        hint: 'Give it the device first: pveigpu assign VMID --gpu BDF --rom FILE, which makes the tables too.',
      },
    );
  if (second !== undefined)
    return problem(
      'guest.needs-flag',
      `${name} has several devices that may need a ROM: ${chosen.map((one) => `hostpci${one.index}`).join(', ')}.`,
      {
        hint: 'Say which with --hostpci N.',
      },
    );
  const rom = romfile ?? hostpciValue(only.entry, 'romfile');
  if (rom === undefined)
    return problem('guest.needs-flag', `hostpci${only.index} of ${name} names no ROM.`, {
      hint: 'Give --rom FILE, a file in /usr/share/kvm.',
    });
  const device = deviceOf(ground, guest.value, only.entry);
  return ok({ guest: guest.value, index: only.index, romfile: rom, ...(device === undefined ? {} : { device }) });
}

/** Plans the tables, the words in `args` that name them, and the hookscript that looks at them before each start. */
export function planRomTable(ground: GuestGround, request: RomTableRequest): Result<Plan> {
  const target = romTableTarget(ground, request);
  if (!target.ok) return target;
  const { guest, index, romfile, device } = target.value;
  const config = nextConfig(guest);
  const tables = deviceTables(ground, guest, config, { index, romfile, battery: request.battery, ids: device });
  if (!tables.ok) return tables;
  const { args, writes, removals, remarks } = tables.value;
  const hook = hookWish(guest, ground.hook, LOOKS);
  const set = {
    ...(args === (config.args ?? '') ? {} : { args }),
    ...(hook.value === undefined ? {} : { hookscript: hook.value }),
  };
  const title = `hand the ROM ${romfile} to hostpci${index} of ${guestName(guest)} through ACPI`;
  const steps = [...hook.steps, ...writes, ...changeGuest(ground, guest, set, title), ...removals];
  return ok({ title, steps, remarks: [...(steps.length > 0 ? guestRemarks(guest) : []), ...remarks, ...hook.remarks] });
}

function changeableVm(ground: GuestGround, vmid: number): Result<Guest> {
  const pve = writablePve(ground.facts);
  if (!pve.ok) return pve;
  const sensed = requireKnown(ground.facts, ['pci', 'guests']);
  if (!sensed.ok) return sensed;
  const guest = findGuest(ground.facts, vmid);
  if (!guest.ok) return guest;
  if (guest.value.kind !== 'qemu')
    return problem('guest.config', `${guestName(guest.value)} has no ACPI of its own.`, { hint: 'ACPI tables are for VMs.' });
  return unlockedGuest(guest.value);
}

interface Entry {
  readonly index: number;
  readonly entry: Hostpci;
}

function entriesOf(guest: Guest): readonly Entry[] {
  return Object.entries(nextConfig(guest)).flatMap(([key, value]): Entry[] => {
    const index = /^hostpci(\d+)$/.exec(key)?.[1];
    const entry = index === undefined ? undefined : parseHostpci(value);
    return entry?.ok === true && hostpciValue(entry.value, 'mdev') === undefined
      ? [{ index: Number(index), entry: entry.value }]
      : [];
  });
}

function mayBeMeant(ground: GuestGround, guest: Guest, { entry }: Entry): boolean {
  return hostpciValue(entry, 'romfile') !== undefined || deviceOf(ground, guest, entry)?.vendor === '10de';
}

/** The display that an entry takes, by its address or through a mapping. */
function deviceOf({ facts }: GuestGround, guest: Guest, entry: Hostpci): PciDevice | undefined {
  const displays = ifKnown(facts.pci)?.displays ?? [];
  const pools = ifKnown(facts.pools)?.pools ?? [];
  const [bdf] = hostpciTargets(
    entry,
    displays.map((one) => one.bdf),
    pools,
    guest.node,
  );
  return displays.find((one) => one.bdf === bdf);
}
