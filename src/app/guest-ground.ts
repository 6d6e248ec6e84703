// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestGround } from '../core/assign/assign-request.ts';
import { ownGuests } from '../core/assign/assignments.ts';
import { type HookFile, hookPlace } from '../core/assign/hook-script.ts';
import type { HostFacts, SectionName } from '../core/facts/host-facts.ts';
import { known } from '../core/facts/section.ts';
import { judge } from '../core/gpu/judge.ts';
import { guestSections } from '../core/guest/guest-sections.ts';
import type { Bdf } from '../core/pci/address.ts';
import { desiredOf } from '../core/plan/desired.ts';
import { textToBase64 } from '../core/plan/file-image.ts';
import { ok, type Result } from '../core/problem.ts';
import { DEFAULT_SETTINGS, type Settings } from '../core/settings/settings.ts';
import { deviceAt } from '../core/vf/vf.ts';
import { handoverSign } from '../core/whole-gpu/handover-sign.ts';
import type { Context } from './context.ts';
import { readImage } from './engine/read-image.ts';
import { readDesired, readLedger } from './engine/state-files.ts';
import { type GuestText, readGuestConfig } from './sense/read-guest-files.ts';
import { GUEST_SECTIONS, sense } from './sense/sense.ts';
import { readPoolConfig } from './sense/sense-pools.ts';

/** What the caller brings: what the product's own files hold. */
export interface GuestPlanOptions {
  /** The text of our hookscript as it goes into a snippets folder. */
  readonly hookStub: string;
}

/** Reads all that the planners of guests rest on. Fails only where our own state cannot be read. */
export async function guestGround(
  context: Context,
  vmid: number,
  options: GuestPlanOptions,
  settings: Settings = DEFAULT_SETTINGS,
): Promise<Result<GuestGround>> {
  const { host } = context;
  // The digest comes first: whatever changes after it makes PVE refuse the write.
  const config = await readGuestConfig(host, vmid);
  const sensed = await senseForPlan(context);
  const facts = config.ok ? withWholeArgs(sensed, config.value) : sensed;
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const desired = await readDesired(host);
  if (!desired.ok) return desired;
  const hook = await hookFile(context, { facts, vmid, stub: options.hookStub, storage: settings.hookStorage });
  if (!hook.ok) return hook;
  const handoverSignFile = await readImage(host, handoverSign(vmid));
  if (!handoverSignFile.ok) return handoverSignFile;
  const asked = (gpu: Bdf) => {
    const device = facts.pci.state === 'known' ? deviceAt(facts.pci.value, gpu) : undefined;
    return device === undefined ? undefined : desiredOf(desired.value, device);
  };
  return ok({
    facts,
    verdict: judge(facts),
    ledger: ledger.value,
    digest: config.ok ? config.value.digest : '',
    ...(hook.value === undefined ? {} : { hook: hook.value }),
    handoverSign: handoverSignFile.value,
    desiredMode: (gpu) => asked(gpu)?.mode,
    desiredVfs: (gpu) => asked(gpu)?.numVfs ?? settings.vfCount,
  });
}

/** Facts hold only a part of a guest's `args`; whoever changes that line, or gives it back, needs all of it. */
function withWholeArgs(facts: HostFacts, { kind, vmid, node, text }: GuestText): HostFacts {
  if (facts.guests.state !== 'known' || !/^args:/m.test(text)) return facts;
  const whole = guestSections(kind, text, true);
  const guests = facts.guests.value.guests.map((guest) =>
    guest.vmid === vmid && guest.node === node && guest.kind === kind ? { ...guest, ...whole } : guest,
  );
  return { ...facts, guests: known({ ...facts.guests.value, guests }) };
}

/** The facts that plans about guests rest on, with the pools' descriptions, by which ours are known; captures leave those out. */
export async function senseForPlan({ host }: Context, sections: readonly SectionName[] = GUEST_SECTIONS): Promise<HostFacts> {
  const facts = await sense(host, sections);
  if (facts.pools.state !== 'known') return facts;
  const described = await readPoolConfig(host);
  return described.ok ? { ...facts, pools: known({ pools: described.value.pools }) } : facts;
}

interface HookWanted {
  readonly facts: HostFacts;
  readonly vmid: number;
  readonly stub: string;
  readonly storage: string | undefined;
}

async function hookFile({ host }: Context, { facts, vmid, stub, storage }: HookWanted): Promise<Result<HookFile | undefined>> {
  const guest = ownGuests(facts).find((one) => one.vmid === vmid);
  const place = hookPlace(facts, guest, storage);
  if (place === undefined) return ok(undefined);
  const before = await readImage(host, place.path);
  return before.ok ? ok({ ...place, base64: textToBase64(stub), before: before.value }) : before;
}
