// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mode } from '../gpu/verdict.ts';
import type { Plan } from '../plan/action.ts';
import { blockerOf } from '../plan/blocker.ts';
import type { Result } from '../problem.ts';
import { type BrowserRequest, browserRequests } from './browser-request.ts';
import { keyPrivilege } from './key-privilege.ts';

/** A slice that a guest could be asked for, as `assign` takes it. */
export interface OfferWish {
  readonly mode: Mode;
  readonly gpu?: string;
  readonly vf?: number;
}

/** What a guest could be given, and whether this user can do it. */
export interface GuestOffer {
  readonly mode: Mode;
  readonly title: string;
  readonly input: OfferWish;
  /** The keys of its configuration that would be written or taken away. */
  readonly keys: readonly string[];
  readonly allowed: boolean;
  /** Why he may not, or why it cannot be; null when it can. */
  readonly because: string | null;
}

/** The user for whom it is offered. */
export interface OfferUser {
  readonly user: string;
  readonly has: (path: string, privilege: string) => boolean;
  /** Why he may not change the node; null when he may. */
  readonly whyNotHost: string | null;
}

/** PVE compares this name: a token of root is another user. */
const ROOT = 'root@pam';

/** Judges a planned slice for a user. Null when the guest has it already, so that there is nothing to offer. */
export function guestOffer(title: string, input: OfferWish, planned: Result<Plan>, user: OfferUser): GuestOffer | null {
  const { mode } = input;
  if (!planned.ok) {
    const { message, hint } = planned.problem;
    return { ...{ mode, title, input, keys: [], allowed: false }, because: hint === undefined ? message : `${message} ${hint}` };
  }
  const plan = planned.value;
  if (plan.steps.length === 0) return null;
  const because = blockerOf(plan, false)?.text ?? missing(plan, user);
  return { ...{ mode, title, input, because }, keys: keysOf(plan), allowed: because === null };
}

function keysOf({ steps, ahead = [] }: Plan): readonly string[] {
  const keys = [...steps, ...ahead].flatMap((step) => (step.action === 'setGuestConfig' ? Object.keys(step.args.before) : []));
  return [...new Set(keys)].sort();
}

function missing(plan: Plan, user: OfferUser): string | null {
  const requests = browserRequests(plan);
  if (requests === null) return user.whyNotHost === null ? null : `The node has to be changed first. ${user.whyNotHost}`;
  if (user.user === ROOT) return null;
  return requests.map((one) => missingFor(one, user)).find((text) => text !== null) ?? null;
}

function missingFor({ vmid, set, delete: gone, rootOnly, mappings }: BrowserRequest, { user, has }: OfferUser): string | null {
  if (rootOnly.length > 0) return `PVE lets only ${ROOT} write ${rootOnly.join(', ')} like this.`;
  const needed = new Set([...Object.keys(set), ...gone].flatMap((key) => keyPrivilege(key) ?? []));
  const lacked = [...needed].find((privilege) => !has(`/vms/${vmid}`, privilege));
  if (lacked !== undefined) return `${user} lacks ${lacked} on /vms/${vmid}.`;
  const pool = mappings.find((id) => !has(`/mapping/pci/${id}`, 'Mapping.Use'));
  return pool === undefined ? null : `${user} lacks Mapping.Use on /mapping/pci/${pool}.`;
}
