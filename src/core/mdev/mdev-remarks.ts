// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Assignment } from '../assign/assignments.ts';
import { guestName, isOn, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { MdevType } from '../facts/pci-facts.ts';
import type { Reason } from '../gpu/verdict.ts';
import type { Remark } from '../plan/action.ts';
import { apertureMiB, fitTogether, roomOf, roomText } from './aperture.ts';
import { noRoomHint } from './choose-type.ts';
import { mdevEntries, typeOfEntry } from './mdev-entries.ts';
import type { MdevGpu } from './mdev-gpu.ts';

/** Whether the type fits now, and whether every guest that shall have one can have it at the same time. */
export function roomRemarks(guest: Guest, mdev: MdevGpu, type: MdevType, assignments: readonly Assignment[]): readonly Remark[] {
  if (type.availableInstances === 0) {
    const text = `No room is left for ${type.id} on ${mdev.gpu.bdf} now, so a start would fail (the kernel's ENOSPC). ${roomText(mdev.gpu)}`;
    return [{ level: 'blocker', id: 'mdev.no-room', text, hint: noRoomHint(), overridable: true, code: 'guest.slice-taken' }];
  }
  const aperture = apertureMiB(mdev.gpu);
  const others = mdevEntries(assignments, mdev).filter((one) => one.guest.vmid !== guest.vmid);
  if (aperture === undefined || others.length === 0) return [];
  const room = roomOf(aperture);
  const wanted = (entries: readonly Assignment[]) => [type, ...entries.flatMap((one) => typeOfEntry(one, mdev.types) ?? [])];
  if (fitTogether(room, wanted(others)) !== false) return [];
  const names = [...new Set(others.map((one) => guestName(one.guest)))].join(', ');
  const atBoot = isOn(nextConfig(guest).onboot) ? others.filter((one) => isOn(nextConfig(one.guest).onboot)) : [];
  if (fitTogether(room, wanted(atBoot)) === false) {
    const text = `The mediated devices of the guests that start at boot do not fit into the ${room.lowMiB} MB of aperture for guests together: not all of them will start.`;
    return [{ level: 'warning', id: 'mdev.autostart-collision', text, hint: 'Give them smaller types: --type.' }];
  }
  const text = `${guestName(guest)} and ${names} cannot all run together: their mediated devices do not fit into the ${room.lowMiB} MB of aperture for guests.`;
  return [{ level: 'note', id: 'mdev.not-together', text, hint: 'A smaller type leaves more room: --type.' }];
}

/** Somebody passes the whole GPU: while that guest runs there is no GVT-g. */
export function wholeGpuTaken(guest: Guest, { gpu }: MdevGpu, assignments: readonly Assignment[]): readonly Remark[] {
  return assignments.flatMap((one): Remark[] => {
    if (one.form !== 'pf' || one.state === 'leaving' || !one.devices.includes(gpu.bdf)) return [];
    const self = one.guest.vmid === guest.vmid;
    const text = `${guestName(one.guest)} passes the whole GPU with ${one.key}: ${one.value}; it takes the GPU from i915, and every mediated device with it.`;
    const hint = `Take that entry away first: qm set ${one.guest.vmid} --delete ${one.key}`;
    const isUp = one.guest.running.state === 'known' && one.guest.running.value;
    const together = self || isUp || isOn(nextConfig(one.guest).onboot);
    return [
      { level: together ? 'blocker' : 'warning', id: 'pf.passed', text, hint, overridable: !self, code: 'guest.slice-taken' },
    ];
  });
}

/** Whether a guest is set up for Windows (qemu-server `ostype`). */
export function isWindows(guest: Guest): boolean {
  return /^w/.test(nextConfig(guest).ostype ?? '');
}

/** What the guest itself needs. */
export function mdevGuestRemarks(guest: Guest, caveats: readonly Reason[]): readonly Remark[] {
  const windows = isWindows(guest);
  const needs = windows
    ? "Windows guest: install Intel's graphics driver for the 6th to 10th generation in it; without --display ramfb use remote desktop."
    : 'Linux guest: its own i915 drives the device; vainfo --display drm --device /dev/dri/renderD128 shows whether it works.';
  const linuxOnly = caveats.find(({ id }) => id === 'gvtg.linux-only');
  return [
    ...(linuxOnly === undefined
      ? []
      : [{ level: windows ? 'warning' : 'note', id: linuxOnly.id, text: linuxOnly.text } as const]),
    { level: 'note', id: 'guest.needs', text: needs },
  ];
}
