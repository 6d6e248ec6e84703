// SPDX-License-Identifier: AGPL-3.0-or-later
import { deviceTables } from '../acpi/device-tables.ts';
import type { TableChange } from '../acpi/table-change.ts';
import type { AssignRequest, GuestGround } from '../assign/assign-request.ts';
import { allAssignments } from '../assign/assignments.ts';
import { changeGuest, freeHostpci } from '../assign/guest-change.ts';
import { guestName, nextConfig } from '../assign/guest-keys.ts';
import { guestRemarks } from '../assign/guest-remarks.ts';
import { hookWish } from '../assign/hook-script.ts';
import { noLiveMigration } from '../assign/migration-remarks.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { type Hostpci, type HostpciKey, hostpciValue, makeHostpci, printHostpci, withHostpciKey } from '../guest/hostpci.ts';
import type { Plan, Remark } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { type GuestShape, guestShape } from '../whole-gpu/guest-shape.ts';
import { otherWayIn, shapeRemarks } from '../whole-gpu/whole-gpu-remarks.ts';
import { entryOf } from './card-entry.ts';
import { hostRemarks, wayRemarks } from './optimus-remarks.ts';
import type { OptimusNeed } from './optimus-rows.ts';
import { subsystemIds } from './subsystem-ids.ts';

/** A 3D controller: a card of a laptop without outputs, whose ROM is with the firmware of the laptop. */
const WITHOUT_OUTPUTS = '0302';
const NVIDIA = '10de';
/** VFIO has VGA ports for this class alone (kernel vfio_pci_core.c, vfio_pci_is_vga), and QEMU does not start where x-vga asks for others. */
const VGA = '0300';

/** The card that is asked for, when it is one of NVIDIA. */
export function nvidiaCard(facts: HostFacts, { gpu }: Pick<AssignRequest, 'gpu'>): PciDevice | undefined {
  if (gpu === undefined) return undefined;
  return ifKnown(facts.pci)?.displays.find(({ bdf, vendor }) => bdf === gpu && vendor === NVIDIA);
}

/** The ROM that a plan for a card needs: the one that is asked for, else that of the guest's entry for it. */
export function romOfCard(
  facts: HostFacts,
  guest: Guest,
  card: PciDevice,
  { romfile }: Pick<AssignRequest, 'romfile'>,
): string | undefined {
  const entry = entryOf(facts, guest, card);
  return romfile ?? (entry === undefined ? undefined : hostpciValue(entry.value, 'romfile'));
}

/**
 * Gives an NVIDIA card to a VM: as an entry of PVE with ROM and subsystem ids, and, where the card has no outputs, with ACPI tables that
 * hand out the ROM. Says for each known way of using it whether it works.
 */
export function planAssignOptimus(ground: GuestGround, request: AssignRequest, guest: Guest): Result<Plan> {
  const usage = checkWish(request, guest);
  if (!usage.ok) return usage;
  const pci = ifKnown(ground.facts.pci);
  const card = nvidiaCard(ground.facts, request);
  if (pci === undefined || card === undefined) return problem('gpu.unknown', `There is no card of NVIDIA at ${request.gpu}.`);
  if (request.primary === true && !card.class.startsWith(VGA))
    return problem(
      'gpu.cannot',
      `${card.bdf} is no VGA controller, so QEMU does not start with it as the primary display (x-vga).`,
      {
        hint: 'Leave out --primary.',
      },
    );
  const before = nextConfig(guest);
  const shape = guestShape(guest, request.whole ?? {});
  const present = entryOf(ground.facts, guest, card);
  const key = present === undefined ? freeHostpci(guest) : ok(present.key);
  if (!key.ok) return key;
  const romfile = romOfCard(ground.facts, guest, card, request);
  const isMuxless = card.class.startsWith(WITHOUT_OUTPUTS);
  const wish = request.optimus ?? {};
  const subsystem = subsystemIds(pci, card, guest, wish);
  const entry = entryText(card, shape, present?.value, {
    ...(request.primary === true ? { 'x-vga': '1' } : {}),
    ...(romfile === undefined ? {} : { romfile }),
    ...(subsystem.ids === undefined
      ? {}
      : { 'sub-vendor-id': `0x${subsystem.ids.vendor}`, 'sub-device-id': `0x${subsystem.ids.device}` }),
  });
  const config = { ...before, ...shape.set, [key.value]: entry };
  const index = Number(key.value.slice('hostpci'.length));
  const tables =
    !isMuxless || romfile === undefined
      ? ok(undefined)
      : deviceTables(ground, guest, config, { index, romfile, battery: wish.battery === true, ids: card });
  if (!tables.ok) return tables;
  const hook = hookWish(guest, ground.hook, 'nobody looks before a start whether its ACPI tables still fit');
  const set = changed(before, {
    ...config,
    ...argsOf(tables.value),
    ...(hook.value === undefined ? {} : { hookscript: hook.value }),
  });
  const title = `give the NVIDIA card ${card.bdf} to ${guestName(guest)}`;
  const steps = [
    ...hook.steps,
    ...(tables.value?.writes ?? []),
    ...changeGuest(ground, guest, set, title),
    ...(tables.value?.removals ?? []),
  ];
  const remarks: readonly Remark[] = [
    ...guestRemarks(guest),
    noLiveMigration(guest, undefined, 'the NVIDIA card'),
    ...hostRemarks(ground.facts, pci, card, guest),
    ...(romfile === undefined && isMuxless ? [noRom(card)] : []),
    ...(tables.value?.remarks ?? []),
    ...subsystem.remarks,
    ...shapeRemarks(guest, shape),
    ...otherWayIn(guest, shape),
    ...hook.remarks,
    ...wayRemarks(
      needsOf(ground, guest, pci, { shape, isMuxless, hasRom: romfile !== undefined, hasIds: subsystem.ids !== undefined }),
    ),
  ];
  return ok({ title, steps, remarks });
}

function checkWish({ pool, vf, share, mdev, whole, mode = 'auto' }: AssignRequest, guest: Guest): Result<void> {
  if (guest.kind !== 'qemu')
    return problem('gpu.cannot', `${guestName(guest)} is a container, which gets no card of NVIDIA from pveigpu.`, {
      hint: 'Use the tools of NVIDIA for containers.',
    });
  if (mode !== 'auto' && mode !== 'gvt-d')
    return problem('gpu.cannot', `A card of NVIDIA is given away as a whole; it has no slices of the kind ${mode}.`, {
      hint: 'Leave out --mode.',
    });
  const other = pool !== undefined || vf !== undefined || share !== undefined || mdev !== undefined;
  const ofIntel = whole?.audio === true || whole?.physBits === true || whole?.handover === true || whole?.convert === true;
  if (!other && !ofIntel) return ok(undefined);
  return problem(
    'usage',
    'With a card of NVIDIA go --rom, --subsystem, --battery, --primary, --machine, --bios and --vga alone.',
    {
      hint: 'Leave out the others.',
    },
  );
}

/** A new entry, or the one that is there with what is missing. */
function entryText(
  card: PciDevice,
  shape: GuestShape,
  present: Hostpci | undefined,
  wanted: { readonly [K in HostpciKey]?: string },
): string {
  const base = present ?? makeHostpci({ host: card.bdf, ...(shape.isQ35 ? { pcie: '1' } : {}) });
  const entries = Object.entries(wanted) as [HostpciKey, string][];
  return printHostpci(entries.reduce((entry, [key, value]) => withHostpciKey(entry, key, value), base));
}

function argsOf(tables: TableChange | undefined): { readonly args?: string } {
  return tables === undefined || tables.args === '' ? {} : { args: tables.args };
}

function changed(
  before: { readonly [key: string]: string },
  after: { readonly [key: string]: string },
): { readonly [key: string]: string } {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
}

function needsOf(
  { facts, ledger }: GuestGround,
  guest: Guest,
  pci: PciFacts,
  has: { readonly shape: GuestShape; readonly isMuxless: boolean; readonly hasRom: boolean; readonly hasIds: boolean },
): ReadonlySet<OptimusNeed> {
  const hasSlice =
    pci.displays.length > 0 &&
    allAssignments(facts, ledger).some((one) => one.guest.vmid === guest.vmid && one.state !== 'leaving');
  const all: readonly (readonly [OptimusNeed, boolean])[] = [
    ['outputs', !has.isMuxless],
    ['rom', has.hasRom],
    ['table', has.hasRom && has.isMuxless],
    ['subsystem', has.hasIds],
    ['q35', has.shape.isQ35],
    ['ovmf', has.shape.isOvmf],
    ['slice', hasSlice],
  ];
  return new Set(all.flatMap(([need, is]) => (is ? [need] : [])));
}

function noRom({ bdf }: PciDevice): Remark {
  const text = `${bdf} has no outputs and no ROM of its own: without --rom no driver starts it.`;
  const hint =
    'pveigpu rom dump --source acpi reads it on the laptop, pveigpu rom extract finds it in an update of its firmware.';
  return { level: 'blocker', id: 'optimus.no-rom', text, hint, overridable: true, code: 'guest.needs-flag' };
}
