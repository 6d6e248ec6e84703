// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../core/problem.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { Caller } from './caller.ts';

/**
 * What a request asks of its user: `view`, to look at the node; `guest`, to look at one guest too (changes of a guest are sent to PVE itself, which
 * checks each key); `inside`, to run our questions inside that guest as its root; `host`, to change the node; `host-guest`, to change both, which we do
 * as root: so the guest has to be one that the user may change himself.
 */
export type Access = 'view' | 'guest' | 'inside' | 'host' | 'host-guest';

/** What access is decided by. */
export interface AccessGround {
  readonly node: string;
  readonly settings: Settings;
  /** The guest of the request, where it is about one. */
  readonly vmid?: number;
}

/** Who may change hosts without being named in `pveigpu.conf`. */
const ALWAYS = 'root@pam';

const RULES: { readonly [A in Access]: (caller: Caller, ground: AccessGround) => string | undefined } = {
  view: (caller, { node }) => lacks(caller, `/nodes/${node}`, 'Sys.Audit'),
  guest: (caller, ground) =>
    RULES.view(caller, ground) ?? (ground.vmid === undefined ? undefined : lacks(caller, `/vms/${ground.vmid}`, 'VM.Audit')),
  // what PVE itself asks for before it runs a command through the guest agent
  inside: (caller, ground) =>
    RULES.guest(caller, ground) ??
    (ground.vmid === undefined ? undefined : lacks(caller, `/vms/${ground.vmid}`, 'VM.GuestAgent.Unrestricted')),
  host: (caller, ground) =>
    RULES.view(caller, ground) ?? lacks(caller, `/nodes/${ground.node}`, 'Sys.Modify') ?? unnamed(caller, ground),
  'host-guest': (caller, ground) =>
    RULES.host(caller, ground) ??
    RULES.guest(caller, ground) ??
    (ground.vmid === undefined ? undefined : lacks(caller, `/vms/${ground.vmid}`, 'VM.Config.HWType')),
};

/** Whether a user may do this; the failure says what is missing. */
export function mayAccess(access: Access, caller: Caller, ground: AccessGround): Result<void> {
  const missing = RULES[access](caller, ground);
  return missing === undefined ? { ok: true, value: undefined } : problem('access.denied', missing);
}

function lacks({ user, privileges }: Caller, path: string, privilege: string): string | undefined {
  const has = Object.hasOwn(privileges, path) && privileges[path]?.includes(privilege) === true;
  return has ? undefined : `${user} lacks ${privilege} on ${path}.`;
}

/** A change of the host is root's work; a token is another user than the one that it belongs to. */
function unnamed({ user }: Caller, { settings }: AccessGround): string | undefined {
  const isNamed = user === ALWAYS || (settings.hostSetup ?? []).includes(user);
  return isNamed
    ? undefined
    : `${user} may not set up the host: only ${ALWAYS} and whom [panel] host-setup of pveigpu.conf names may.`;
}
