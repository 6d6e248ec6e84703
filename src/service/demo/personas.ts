// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Caller } from '../caller.ts';

/** Who can look at the demo, from all rights to none. */
export const PERSONAS = ['administrator', 'auditor', 'vm-user', 'nobody'] as const;
export type PersonaName = (typeof PERSONAS)[number];

/** A user of the demo with privileges by ACL path, as an administrator of PVE would have given them. */
export interface Persona {
  readonly user: string;
  readonly has: (path: string, privilege: string) => boolean;
}

/** The VM of the persona `vm-user`: the media server of the simulated nodes. */
const OWN_VM = '/vms/101';

const GRANTS: {
  readonly [N in PersonaName]: { readonly user: string; readonly rights: readonly (readonly [RegExp, RegExp])[] };
} = {
  administrator: { user: 'root@pam', rights: [[/^\//, /./]] },
  auditor: { user: 'auditor@pve', rights: [[/^\/nodes\//, /^Sys\.Audit$/]] },
  'vm-user': {
    user: 'alice@pve',
    rights: [
      [/^\/nodes\//, /^Sys\.Audit$/],
      [new RegExp(`^${OWN_VM}$`), /^VM\.(?:Audit|PowerMgmt|Config\.(?:HWType|CPU|Memory|Options))$/],
      [/^\/mapping\/pci\//, /^Mapping\.Use$/],
    ],
  },
  nobody: { user: 'mallory@pve', rights: [] },
};

/** Privileges that the service asks for, of all that PVE has. */
const ASKED_FOR = [
  ...['Sys.Audit', 'Sys.Modify', 'VM.Audit', 'VM.PowerMgmt', 'VM.GuestAgent.Unrestricted', 'Mapping.Use'],
  ...['HWType', 'CPU', 'Memory', 'Options'].map((name) => `VM.Config.${name}`),
];

/** The persona of this name. */
export function persona(name: PersonaName): Persona {
  const { user, rights } = GRANTS[name];
  return {
    user,
    has: (path, privilege) => rights.some(([paths, privileges]) => paths.test(path) && privileges.test(privilege)),
  };
}

/** What the bridge would say of a user: his name, and his privileges on the paths that a request is about. */
export function callerOf({ user, has }: Persona, paths: readonly string[]): Caller {
  return { user, privileges: Object.fromEntries(paths.map((path) => [path, ASKED_FOR.filter((one) => has(path, one))])) };
}
