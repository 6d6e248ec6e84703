// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';
import { parseHostpci } from '../guest/hostpci.ts';
import type { Plan, Step } from '../plan/action.ts';

/** The call of PVE's own API that makes a guest change, for a browser to send with its user's ticket. */
export interface BrowserRequest {
  readonly kind: GuestKind;
  readonly vmid: number;
  readonly digest: string;
  readonly set: { readonly [key: string]: string };
  readonly delete: readonly string[];
  /** Keys among them that PVE lets only root@pam write, with a ticket and not with a token. */
  readonly rootOnly: readonly string[];
  /** Resource mappings that the user needs `Mapping.Use` for. */
  readonly mappings: readonly string[];
}

/** Keys of VMs that any user with VM.Config.* may write; all others fall through to "only root can set" (qemu-server API2/Qemu.pm). */
const OPEN = /^(?:vga|machine|bios|memory|balloon|cpu|serial[0-3])$/;

/**
 * The requests that a plan's changes of guests are. Null when the plan does more than that: then the node itself has to be changed first, which
 * is no user's work in a browser.
 */
export function browserRequests(plan: Plan): readonly BrowserRequest[] | null {
  if (plan.then !== undefined) return null;
  const requests = plan.steps.flatMap((step) => (step.action === 'setGuestConfig' ? [request(step)] : []));
  const others = plan.steps.filter(({ action }) => action !== 'setGuestConfig' && action !== 'forgetGuest');
  return others.length === 0 ? requests : null;
}

function request({ args }: Extract<Step, { action: 'setGuestConfig' }>): BrowserRequest {
  const { kind, vmid, digest, set, remove, before } = args;
  const values = Object.keys(before).flatMap((key) =>
    [set[key], before[key]].flatMap((value) => (value ? [{ key, value }] : [])),
  );
  const rootOnly = new Set(values.filter(({ key, value }) => isRootOnly(kind, key, value)).map(({ key }) => key));
  const mappings = new Set(values.flatMap(({ key, value }) => (isHostpci(key) ? partOf(value, 'mapping') : [])));
  return { kind, vmid, digest, set, delete: remove, rootOnly: [...rootOnly].sort(), mappings: [...mappings].sort() };
}

/** A container's devices are root's alone (pve-container LXC.pm); of a hostpci entry, an address and a ROM are. */
function isRootOnly(kind: GuestKind, key: string, value: string): boolean {
  if (kind === 'lxc') return true;
  if (!isHostpci(key)) return !OPEN.test(key);
  return partOf(value, 'mapping').length === 0 || partOf(value, 'romfile').length > 0;
}

function isHostpci(key: string): boolean {
  return /^hostpci\d+$/.test(key);
}

/** A value that cannot be read has no parts, so that it counts as root's. */
function partOf(value: string, wanted: string): readonly string[] {
  const parsed = parseHostpci(value);
  return parsed.ok ? parsed.value.parts.filter(({ key }) => key === wanted).map((part) => part.value) : [];
}
