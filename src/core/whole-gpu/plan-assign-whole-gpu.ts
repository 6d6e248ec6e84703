// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../assign/assign-request.ts';
import { type Assignment, allAssignments } from '../assign/assignments.ts';
import { changeGuest, freeHostpci } from '../assign/guest-change.ts';
import { guestName, nextConfig } from '../assign/guest-keys.ts';
import { guestRemarks } from '../assign/guest-remarks.ts';
import { hookWish } from '../assign/hook-script.ts';
import { noLiveMigration } from '../assign/migration-remarks.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { selectGpu } from '../gpu/select-gpu.ts';
import { makeHostpci, printHostpci } from '../guest/hostpci.ts';
import type { Plan, Remark } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { widthRemedy } from './address-width.ts';
import { type ArgsDevice, argsDevice, changedArgs, propertyWords } from './gpu-args.ts';
import { fitsSetting, type GuestShape, guestShape } from './guest-shape.ts';
import { signHandover } from './handover-sign.ts';
import { type IgdSetting, igdSetting } from './igd-config.ts';
import { soundEntry } from './sound-entry.ts';
import { asideRemarks, otherWayIn, settingRemarks, shapeRemarks, withoutHook } from './whole-gpu-remarks.ts';
import { userRemarks } from './whole-gpu-users.ts';

/** The GPU that is given away, with what the catalogue knows of it. */
interface WholeGpu {
  readonly pci: PciFacts;
  readonly device: PciDevice;
  readonly entry: CatalogueEntry;
}

/**
 * Gives the whole GPU to one VM. The configuration is what its generation and this node's QEMU need; machine, firmware and
 * display of the guest are only changed by the flags for them, and without these the plan fails with the reason.
 */
export function planAssignWholeGpu(ground: GuestGround, request: AssignRequest, guest: Guest): Result<Plan> {
  const usage = checkWish(request);
  if (!usage.ok) return usage;
  const gpu = wholeGpu(ground, request);
  if (!gpu.ok) return gpu;
  const { pci, device } = gpu.value;
  const wish = request.whole ?? {};
  const config = nextConfig(guest);
  const old = argsDevice(config.args ?? '', device.bdf);
  if (!old.ok) return old;
  if (old.value !== undefined && wish.convert !== true) return inArgs(guest, device, old.value);
  if (old.value === undefined && wish.convert === true) return nothingToConvert(guest, device);
  const romfile = request.romfile ?? old.value?.romfile;
  if (romfile !== undefined && ground.romExists !== true && request.romfile !== undefined) return noRom(romfile);
  const shape = guestShape(guest, wish);
  const setting = settingOf(ground, gpu.value, romfile !== undefined);
  if (!setting.ok) return setting;
  const fits = setting.value === undefined ? ok(undefined) : fitsSetting(guest, shape, setting.value);
  if (!fits.ok) return fits;
  const all = allAssignments(ground.facts, ground.ledger);
  const own = all.find((one) => isOwn(one, guest, device));
  const key = own === undefined ? freeHostpci(guest) : ok(own.key);
  if (!key.ok) return key;
  const sound = wish.audio === true ? soundEntry(gpu.value, guest, key.value) : ok({});
  if (!sound.ok) return sound;
  const words = propertyWords(key.value, propertiesOf(setting.value, old.value));
  const args = changedArgs(config.args, old.value?.words ?? [], words);
  if (!args.ok) return args;
  const width = widthRemedy(guest, shape.isOvmf, ground.addressBits ?? {}, wish.physBits === true);
  const hook = hookWish(guest, ground.hook);
  const set: { [key: string]: string } = { ...shape.set, ...sound.value };
  if (own === undefined) set[key.value] = entryText(device, shape, setting.value, request, romfile);
  if (typeof args.value === 'string') set.args = args.value;
  if (width.cpu !== undefined) set.cpu = width.cpu;
  if (hook.value !== undefined) set.hookscript = hook.value;
  const title = `give the whole GPU ${device.bdf} to ${guestName(guest)}`;
  const change = changeGuest(ground, guest, set, title, args.value === null ? ['args'] : []);
  const sign = wish.handover === true ? signHandover(guest.vmid, device.bdf, ground.handoverSign) : [];
  const steps = [...hook.steps, ...sign, ...change];
  const remarks: readonly Remark[] = [
    ...(own === undefined ? [] : [alreadyHas(guest, own)]),
    ...guestRemarks(guest),
    noLiveMigration(guest, undefined, 'the whole GPU'),
    ...asideRemarks(ground, device, wish.handover === true || ground.handoverSign?.kind === 'file'),
    ...userRemarks(ground.facts, pci, device, guest, all),
    ...settingRemarks(guest, setting.value, romfile !== undefined, shape.isOvmf),
    ...shapeRemarks(guest, shape),
    ...otherWayIn(guest, shape),
    ...width.remarks,
    ...hook.remarks,
    ...(wish.handover === true ? withoutHook(guest, { ...nextConfig(guest), ...set }.hookscript) : []),
  ];
  return ok({ title, steps, remarks: steps.length > 0 || own === undefined ? remarks : [alreadyHas(guest, own)] });
}

function checkWish({ pool, vf, primary, whole }: AssignRequest): Result<void> {
  if (pool !== undefined || vf !== undefined)
    return problem('usage', 'The whole GPU is neither from a pool nor a VF.', { hint: 'Leave out --pool and --vf.' });
  if (primary === true && whole?.noVga === true)
    return problem('usage', 'With --vga none the GPU is the only display, so --primary says nothing more.', {
      hint: 'Leave out --primary.',
    });
  return ok(undefined);
}

function wholeGpu({ facts, verdict }: GuestGround, { gpu }: AssignRequest): Result<WholeGpu> {
  const chosen = selectGpu(verdict, { gpu, mode: 'gvt-d' });
  if (!chosen.ok) return chosen;
  const pci = ifKnown(facts.pci);
  const device = pci === undefined ? undefined : intelGpus(pci).find(({ bdf }) => bdf === chosen.value.bdf);
  const entry = device === undefined ? undefined : lookupGpu(device.device);
  if (pci === undefined || device === undefined || entry === undefined)
    return problem('gpu.unknown', `There is no known Intel GPU at ${chosen.value.bdf}.`, { where: chosen.value.bdf });
  return ok({ pci, device, entry });
}

/** How QEMU gets an integrated GPU; undefined for a card, which is as any PCI card. */
function settingOf({ facts }: GuestGround, { device, entry }: WholeGpu, hasRom: boolean): Result<IgdSetting | undefined> {
  if (entry.kind === 'discrete') return ok(undefined);
  const qemu = ifKnown(facts.pve)?.qemuVersion;
  if (qemu?.state !== 'known')
    return problem('facts.unknown', 'The QEMU of this node is not known, and what the GPU needs depends on it.', {
      hint: 'See pveversion -v.',
    });
  const generation = entry.gvtdDetail?.qemuIgdGen ?? -1;
  return ok(igdSetting({ generation, qemu: qemu.value, isVga: device.class.startsWith('0300'), hasRom }));
}

/** What somebody chose in `args` goes before what the table says. */
function propertiesOf(setting: IgdSetting | undefined, old: ArgsDevice | undefined): IgdSetting['properties'] {
  const kept = old?.properties ?? [];
  return [...(setting?.properties ?? []).filter(([name]) => !kept.some(([other]) => other === name)), ...kept];
}

function entryText(
  device: PciDevice,
  shape: GuestShape,
  setting: IgdSetting | undefined,
  { primary }: AssignRequest,
  romfile: string | undefined,
): string {
  return printHostpci(
    makeHostpci({
      // With its function: an address without one stands for all of them.
      host: device.bdf,
      ...(setting?.legacyIgd === true ? { 'legacy-igd': '1' } : shape.isQ35 ? { pcie: '1' } : {}),
      ...(primary === true && setting?.legacyIgd !== true ? { 'x-vga': '1' } : {}),
      ...(romfile === undefined ? {} : { romfile }),
    }),
  );
}

function isOwn(one: Assignment, guest: Guest, device: PciDevice): boolean {
  return one.guest.vmid === guest.vmid && one.form === 'pf' && one.state !== 'leaving' && one.devices.includes(device.bdf);
}

function alreadyHas(guest: Guest, { key, value }: Assignment): Remark {
  return { level: 'note', id: 'guest.already-assigned', text: `${guestName(guest)} has ${key}: ${value} already, which stays.` };
}

function inArgs(guest: Guest, device: PciDevice, { words }: ArgsDevice): Result<Plan> {
  const text = `${guestName(guest)} has ${device.bdf} in its args already (${words.join(' ')}), which PVE neither binds nor reserves.`;
  return problem('guest.slice-taken', text, { hint: 'Give --convert to turn it into an entry of PVE.' });
}

function nothingToConvert(guest: Guest, device: PciDevice): Result<Plan> {
  const text = `The args of ${guestName(guest)} do not pass ${device.bdf}.`;
  return problem('guest.config', text, { hint: 'Leave out --convert.' });
}

function noRom(romfile: string): Result<Plan> {
  const text = `There is no /usr/share/kvm/${romfile}; a start with it would fail.`;
  return problem('guest.config', text, { hint: 'Copy the ROM there first.' });
}
