// SPDX-License-Identifier: AGPL-3.0-or-later
import { type AssignmentRow, assignmentsView } from '../core/assign/assignments-view.ts';
import { findGuest } from '../core/assign/find-guest.ts';
import { guestName } from '../core/assign/guest-keys.ts';
import { type GuestOffer, guestOffer, type OfferUser } from '../core/assign/guest-offer.ts';
import { offerWishes, type WishedOffer } from '../core/assign/offer-wishes.ts';
import { planAssignment } from '../core/assign/plan-assign.ts';
import type { Guest } from '../core/facts/guest-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { type NeedsView, needsView } from '../core/inside/needs-view.ts';
import { isBdf } from '../core/pci/address.ts';
import { ok, type Result } from '../core/problem.ts';
import { type Waiting, waitingGuests } from '../core/status/status-view.ts';
import { visible } from '../core/text/visible.ts';
import { planAssign, readAddressBits, withSettings } from './assign.ts';
import type { Context } from './context.ts';
import { type GuestPlanOptions, guestGround } from './guest-ground.ts';
import { openInside } from './inside/open-inside.ts';
import { readGuestConfig } from './sense/read-guest-files.ts';
import { readSettings } from './settings.ts';

/** One guest as the panel shows it. */
export interface GuestView {
  readonly format: 1;
  readonly vmid: number;
  /** `VM 101`. */
  readonly guest: string;
  /** Its name in PVE, shown as text; null when it has none. */
  readonly name: string | null;
  readonly type: 'qemu' | 'lxc';
  readonly running: boolean | null;
  readonly has: readonly AssignmentRow[];
  readonly could: readonly GuestOffer[];
  /** What is to be done inside it; null when it has no slice whose GPU is known. */
  readonly needs: Pick<NeedsView, 'system' | 'steps' | 'unseen'> | null;
  readonly waiting: readonly Waiting[];
}

/** The guest is not asked: that costs seconds and is done by `verify` and `needs`. */
const UNASKED = 'The guest itself was not asked.';
const NAME = /^(?:name|hostname):[ \t]*(.{1,200})$/m;

/** What one guest has, what it could have and whether this user can do that, and what it still needs. Nothing is written, and the guest is not asked. */
export async function readGuestView(
  context: Context,
  { vmid, user }: { readonly vmid: number; readonly user: OfferUser },
  options: GuestPlanOptions,
): Promise<Result<GuestView>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const ground = await guestGround(context, vmid, options, settings.value);
  if (!ground.ok) return ground;
  const { facts, ledger, verdict } = ground.value;
  const found = findGuest(facts, vmid);
  if (!found.ok) return found;
  const guest = found.value;
  const addressBits = await readAddressBits(context);
  const has = assignmentsView(facts, ledger).assignments.filter((one) => one.vmid === vmid);
  const could: GuestOffer[] = [];
  for (const { title, input, cannot } of offerWishes(guest, facts, verdict, has)) {
    const { gpu, ...wish } = input;
    const asked = withSettings({ vmid, ...wish, ...(gpu !== undefined && isBdf(gpu) ? { gpu } : {}) }, settings.value);
    const plan = async () =>
      guest.kind === 'lxc'
        ? await planAssign(context, asked, options)
        : planAssignment({ ...ground.value, romExists: false, addressBits }, asked);
    const offer = cannot === undefined ? guestOffer(title, input, await plan(), user) : impossible({ title, input, cannot });
    if (offer !== null) could.push(offer);
  }
  return ok({
    format: 1,
    ...{ vmid, guest: guestName(guest), name: await nameOf(context, guest), type: guest.kind, has, could },
    running: ifKnown(guest.running) ?? null,
    needs: await needsOf(context, vmid),
    waiting: waitingGuests(has),
  });
}

function impossible({
  title,
  input,
  cannot = null,
}: Omit<WishedOffer, 'cannot'> & { readonly cannot: string | null }): GuestOffer {
  return { mode: input.mode, title, input, keys: [], allowed: false, because: cannot };
}

async function nameOf({ host }: Context, { vmid }: Guest): Promise<string | null> {
  const config = await readGuestConfig(host, vmid);
  const name = config.ok ? NAME.exec(config.value.text.split(/^\[/m)[0] ?? '')?.[1] : undefined;
  return name === undefined ? null : visible(name.trim(), 100);
}

async function needsOf(context: Context, vmid: number): Promise<GuestView['needs']> {
  const opened = await openInside(context, { vmid, asks: false });
  if (!opened.ok) return null;
  const { system, steps } = needsView(opened.value.inside, undefined);
  return { system, steps, unseen: UNASKED };
}
