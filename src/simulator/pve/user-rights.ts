// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseHostpci } from '../../core/guest/hostpci.ts';
import { readVmModel } from '../../core/guest/vm-model.ts';
import type { Machine } from '../machine.ts';
import type { Route } from './api-schema.ts';
import { splitList } from './formats.ts';
import type { Parameters } from './getopt.ts';
import { readConf } from './guest-state.ts';
import { Die } from './perl-die.ts';

/** A user of the API as PVE's access control sees him. */
export interface ApiUser {
  readonly user: string;
  /** Whether he has a privilege on an ACL path. */
  readonly has: (path: string, privilege: string) => boolean;
}

/** The one user whose name alone opens what no privilege does (PVE compares the string). */
const ROOT = 'root@pam';
export const ROOT_USER: ApiUser = { user: ROOT, has: () => true };

/** `['perm', path, privileges, 'any', 1]`, or `['and' | 'or', check, ...]`, as JSON. */
type Check = readonly unknown[];

/** Dies as PVE does when a user may not make a call, judged by the permissions that PVE's API viewer names for it. */
export function checkCall(user: ApiUser, route: Route, parameters: Parameters): void {
  if (user.user === ROOT || route.permissions === 'all') return;
  if (route.permissions === '') throw refused(`user != ${ROOT}`);
  const missing = missingOf(user, JSON.parse(route.permissions) as Check, parameters);
  if (missing !== undefined) throw refused(missing);
}

function missingOf(user: ApiUser, [kind, ...rest]: Check, parameters: Parameters): string | undefined {
  if (kind === 'and' || kind === 'or') {
    const missing = rest.map((part) => missingOf(user, part as Check, parameters));
    const isMet = kind === 'and' ? missing.every((one) => one === undefined) : missing.includes(undefined);
    return isMet ? undefined : missing.find((one) => one !== undefined);
  }
  const [template, privileges, ...options] = rest as [string, readonly string[], ...unknown[]];
  if (kind !== 'perm') return `user != ${ROOT}`;
  const path = template.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => parameters.get(name) ?? '');
  const has = privileges.map((privilege) => user.has(path, privilege));
  const isMet = options.includes('any') ? has.includes(true) : !has.includes(false);
  return isMet ? undefined : `${path}, ${privileges.join('|')}`;
}

/** Keys of a VM by the privilege that PVE asks for (qemu-server API2/Qemu.pm, `check_vm_modify_config_perm`); of all others only root may write any. */
const KEYS: readonly (readonly [RegExp, string])[] = [
  [/^(?:vga|machine|smbios1|tablet|audio0|rng0|tpmstate0|keyboard|watchdog|vmgenid|scsihw)$/, 'VM.Config.HWType'],
  [/^(?:cores|sockets|cpu|cpulimit|cpuunits|numa|vcpus|smp)$/, 'VM.Config.CPU'],
  [/^(?:memory|balloon|shares)$/, 'VM.Config.Memory'],
  [/^(?:bios|name|description|onboot|boot|ostype|tags|agent|protection|hotplug)$/, 'VM.Config.Options'],
];

/** Dies as PVE does when a user may not write one of the keys of a guest that a call writes, takes away or takes back. */
export function checkKeys(machine: Machine, user: ApiUser, kind: 'qemu' | 'lxc', parameters: Parameters): void {
  if (user.user === ROOT) return;
  const fixed = new Set(['node', 'vmid', 'digest', 'delete', 'revert', 'force', 'background_delay']);
  const vmid = Number(parameters.get('vmid'));
  const named = ['delete', 'revert'].flatMap((name) => splitList(parameters.get(name) ?? ''));
  const keys = [...[...parameters.keys()].filter((key) => !fixed.has(key)), ...named];
  const before = kind === 'qemu' ? readVmModel(readConf(machine, vmid)).current.values : new Map<string, string>();
  for (const key of keys) {
    if (kind === 'lxc') checkContainerKey(user, vmid, key);
    else if (/^hostpci\d+$/.test(key))
      for (const value of [parameters.get(key), before.get(key)]) checkHostpci(user, vmid, key, value);
    else {
      const privilege = KEYS.find(([pattern]) => pattern.test(key))?.[1];
      if (privilege === undefined) throw new Die(`only root can set '${key}' config\n`);
      need(user, `/vms/${vmid}`, privilege);
    }
  }
}

function checkHostpci(user: ApiUser, vmid: number, key: string, value: string | undefined): void {
  if (value === undefined) return;
  const parsed = parseHostpci(value);
  const parts = parsed.ok ? parsed.value.parts : [];
  const mapping = parts.find((part) => part.key === 'mapping')?.value;
  if (mapping === undefined) throw new Die(`only root can set '${key}' config for non-mapped devices\n`);
  if (parts.some((part) => part.key === 'romfile')) throw new Die(`only root can set 'romfile' for '${key}'\n`);
  need(user, `/vms/${vmid}`, 'VM.Config.HWType');
  need(user, `/mapping/pci/${mapping}`, 'Mapping.Use');
}

/** pve-container LXC.pm: device nodes and hook scripts are root's alone. */
function checkContainerKey(user: ApiUser, vmid: number, key: string): void {
  if (/^dev\d+$/.test(key)) throw refused(`configuring device passthrough is only allowed for ${ROOT}`);
  if (key === 'hookscript') throw refused(`changing the hookscript is only allowed for ${ROOT}`);
  need(user, `/vms/${vmid}`, 'VM.Config.Options');
}

function need(user: ApiUser, path: string, privilege: string): void {
  if (!user.has(path, privilege)) throw refused(`${path}, ${privilege}`);
}

function refused(what: string): Die {
  return new Die(`Permission check failed (${what})\n`, { httpStatus: 403 });
}
