// SPDX-License-Identifier: AGPL-3.0-or-later

import { guestName, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { ok, problem, type Result } from '../problem.ts';
import type { IgdSetting } from './igd-config.ts';

/** What of the guest itself may be changed; nothing of it is without being asked for. */
export interface ShapeWish {
  readonly machine?: 'pc' | 'q35';
  readonly bios?: 'seabios' | 'ovmf';
  /** `vga: none`. */
  readonly noVga?: boolean;
}

/** The guest as it will be, and the keys that this takes. */
export interface GuestShape {
  readonly isQ35: boolean;
  readonly isOvmf: boolean;
  readonly hasVga: boolean;
  readonly set: { readonly [key: string]: string };
}

/** The guest with the changes that were asked for. */
export function guestShape(guest: Guest, wish: ShapeWish): GuestShape {
  const config = nextConfig(guest);
  const set: { [key: string]: string } = {};
  const nowQ35 = isQ35(config.machine);
  const wantsQ35 = wish.machine === undefined ? nowQ35 : wish.machine === 'q35';
  if (wantsQ35 !== nowQ35) set.machine = withType(config.machine, wantsQ35 ? 'q35' : 'pc');
  const bios = wish.bios ?? config.bios ?? 'seabios';
  if (bios !== (config.bios ?? 'seabios')) set.bios = bios;
  // PVE compares the whole value with "none" (qemu-server PCI.pm), so any other way to write it does not count.
  if (wish.noVga === true && config.vga !== 'none') set.vga = 'none';
  return { isQ35: wantsQ35, isOvmf: bios === 'ovmf', hasVga: (set.vga ?? config.vga) !== 'none', set };
}

/** Fails with `guest.needs-flag` and the flags that are missing, unless the guest is as the setting wants it. */
export function fitsSetting(guest: Guest, shape: GuestShape, setting: IgdSetting): Result<void> {
  const lacks: readonly (readonly [boolean, string, string])[] = [
    [setting.machine === 'pc' && shape.isQ35, 'the machine i440fx', '--machine pc'],
    [setting.bios === 'ovmf' && !shape.isOvmf, 'the firmware OVMF', '--bios ovmf'],
    [setting.noVga && shape.hasVga, 'no other display (vga: none)', '--vga none'],
  ];
  const missing = lacks.filter(([lacking]) => lacking);
  if (missing.length === 0) return ok(undefined);
  const flags = missing.map(([, , flag]) => flag).join(' ');
  const wants = missing.map(([, what]) => what).join(', and ');
  return problem('guest.needs-flag', `With this GPU ${guestName(guest)} needs ${wants}, for ${setting.gives}.`, {
    hint: `To change the guest, give ${flags}.${missing.some(([, , flag]) => flag !== '--vga none') ? ' A guest with another machine or firmware may not start: take a backup first.' : ''}`,
  });
}

function isQ35(machine: string | undefined): boolean {
  return /(?:^|[=-])q35/.test(machine ?? '');
}

/** The value with another machine type and the same options. */
function withType(machine: string | undefined, type: string): string {
  const parts = (machine ?? '').split(',');
  const options = parts.filter((part) => part.includes('=') && !part.startsWith('type='));
  const old = parts.find((part) => !part.includes('=') || part.startsWith('type='))?.replace(/^type=/, '');
  // Windows keeps its drivers only while the machine's version stays.
  const version = /^pc-(?:q35|i440fx)-(.+)$/.exec(old ?? '')?.[1];
  const versioned = version === undefined ? type : `pc-${type === 'q35' ? 'q35' : 'i440fx'}-${version}`;
  return [versioned, ...options].join(',');
}
