// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { Remark } from '../plan/action.ts';
import { guestName, isOn, nextConfig, snapshots } from './guest-keys.ts';

/** What to know of a guest before any slice is given to it, whichever it is. */
export function guestRemarks(guest: Guest): readonly Remark[] {
  return [...rejectedLines(guest, true), ...running(guest), ...ramSnapshots(guest), ...ballooning(guest)];
}

/** Lines that PVE cannot read: the write would drop them. Blocks, since that takes something of the user's. */
export function rejectedLines(guest: Guest, overridable: boolean): readonly Remark[] {
  if (guest.rejectedLines.length === 0) return [];
  const lines = guest.rejectedLines.join('; ');
  return [
    {
      level: 'blocker',
      id: 'guest.rejected-lines',
      text: `PVE cannot read these lines of ${guestName(guest)} and drops them at the next write: ${lines}.`,
      hint: 'Correct the file, or give --force to lose them.',
      overridable,
      code: 'guest.config',
    },
  ];
}

function running(guest: Guest): readonly Remark[] {
  const name = guestName(guest);
  if (guest.running.state === 'unknown')
    return [
      { level: 'warning', id: 'guest.running-unknown', text: `Whether ${name} runs is not known: ${guest.running.reason}.` },
    ];
  if (guest.running.state !== 'known' || !guest.running.value) return [];
  return [
    {
      level: 'note',
      id: 'guest.running',
      text: `${name} is running: the change waits until it is stopped and started; a reboot inside the guest is not enough.`,
      hint: `qm reboot ${guest.vmid} does both.`,
    },
  ];
}

function ramSnapshots(guest: Guest): readonly Remark[] {
  const names = snapshots(guest).flatMap((snapshot) => (snapshot.keys.vmstate === undefined ? [] : [snapshot.name]));
  if (names.length === 0) return [];
  const text = `Going back to a snapshot with RAM (${names.join(', ')}) gives ${guestName(guest)} the devices of that time, without this slice.`;
  return [{ level: 'warning', id: 'guest.snapshot-with-ram', text }];
}

function ballooning(guest: Guest): readonly Remark[] {
  const config = nextConfig(guest);
  const balloon = Number(config.balloon ?? Number.NaN);
  const memory = Number(/^(?:current=)?(\d+)/.exec(config.memory ?? '512')?.[1] ?? Number.NaN);
  if (!(balloon > 0 && balloon < memory)) return [];
  const text = `VFIO pins all memory: ${guestName(guest)} takes its ${memory} MiB at once, and ballooning down to ${balloon} MiB does nothing.`;
  return [{ level: 'note', id: 'guest.balloon', text }];
}

/** What `--primary` brings along (qemu-server PCI.pm and CPUConfig.pm). */
export function primaryRemarks(guest: Guest): readonly Remark[] {
  const config = nextConfig(guest);
  const effects = ['hides the hypervisor from the guest (kvm=off), which is a known cause of Code 43 in Windows'];
  if (config.vga === undefined) effects.push('takes the virtual display away, and with it the console in the web interface');
  if (config.bios === 'ovmf') effects.push('is not passed on to QEMU with OVMF');
  const hint = isHidden(config.cpu) ? undefined : 'cpu: host,hidden=0 keeps the hypervisor visible.';
  const text = `x-vga=1 ${effects.join(', ')}.`;
  return [{ level: 'warning', id: 'guest.primary', text, ...(hint === undefined ? {} : { hint }) }];
}

function isHidden(cpu: string | undefined): boolean {
  const value = /(?:^|,)hidden=([^,]*)/.exec(cpu ?? '')?.[1];
  return value !== undefined && !isOn(value);
}
