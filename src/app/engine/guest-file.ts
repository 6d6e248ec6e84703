// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../../core/facts/guest-facts.ts';
import { configDigest } from '../../core/guest/digest.ts';
import { type GuestKeys, readGuestKeys } from '../../core/plan/guest-keys.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';

/** Where PVE keeps the guests of the local node. */
export function guestFolder(kind: GuestKind): string {
  return kind === 'qemu' ? '/etc/pve/qemu-server' : '/etc/pve/lxc';
}

/** `VM 101` or `container 200`, for messages. */
export function guestName(kind: GuestKind, vmid: number): string {
  return kind === 'qemu' ? `VM ${vmid}` : `container ${vmid}`;
}

/** A guest's keys and digest as they are now. `pve.absent` when `/etc/pve` is not mounted, which says nothing of the guest. */
export async function readGuestFile(
  host: Host,
  kind: GuestKind,
  vmid: number,
): Promise<Result<{ readonly keys: GuestKeys; readonly digest: string }>> {
  const path = `${guestFolder(kind)}/${vmid}.conf`;
  const bytes = await host.readBytes(path);
  if (bytes.kind === 'unreadable') return problem('host.read', `${path} cannot be read: ${bytes.errno}.`, { where: path });
  if (bytes.kind === 'content') {
    const keys = readGuestKeys(new TextDecoder().decode(bytes.value), kind);
    return ok({ keys, digest: configDigest(bytes.value) });
  }
  if ((await host.list(guestFolder(kind))).kind === 'absent') {
    return problem('pve.absent', `${guestFolder(kind)} is not there, so ${guestName(kind, vmid)} cannot be looked at.`, {
      hint: 'Start pve-cluster, or run this on a Proxmox VE node.',
    });
  }
  return problem('guest.unknown', `${guestName(kind, vmid)} does not exist on this node.`, { where: path });
}
