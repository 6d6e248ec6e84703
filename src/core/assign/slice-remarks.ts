// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark } from '../plan/action.ts';
import { deviceAt, type Vf, vfName } from '../vf/vf.ts';
import { vfHolders } from '../vf/vf-holders.ts';
import type { Assignment } from './assignments.ts';
import { guestName, isOn, nextConfig } from './guest-keys.ts';
import { guestsPinning } from './pins.ts';

/** What to know of the VFs that a guest may get, and of who else wants them. */
export function vfRemarks(facts: HostFacts, vfs: readonly Vf[], vfioDriver: string, onlyOne: boolean): readonly Remark[] {
  return [
    ...hostDriver(facts, vfs, onlyOne),
    ...overrides(vfs, vfioDriver),
    ...keptDriver(vfs, vfioDriver),
    ...groups(facts, vfs),
  ];
}

function hostDriver(facts: HostFacts, vfs: readonly Vf[], onlyOne: boolean): readonly Remark[] {
  const bound = vfs.filter(({ device }) => device?.driver === 'i915' || device?.driver === 'xe');
  if (bound.length === 0) return [];
  const open = bound.flatMap((vf) =>
    vfHolders(facts, vf)
      .filter((holder) => holder.vmid === undefined)
      .map((holder) => ({ vf, holder })),
  );
  const [first] = open;
  if (first !== undefined)
    return [
      {
        level: onlyOne ? 'blocker' : 'warning',
        id: 'vf.open-on-host',
        text: `${vfName(first.vf)} is bound to ${first.vf.device?.driver} and open by ${first.holder.name}; a guest would pull it away.`,
        hint: 'Stop that first; pveigpu vf create then binds the VF for guests.',
        overridable: true,
        code: 'vf.in-use',
      },
    ];
  const text = `${bound.length === 1 ? `${vfName(bound[0] as Vf)} is` : `${bound.length} VFs are`} still bound to the host's driver; PVE takes a VF from it at start by its id, which the GPU itself has too.`;
  return [{ level: 'note', id: 'vf.host-driver', text, hint: 'pveigpu vf create binds existing VFs for guests.' }];
}

function overrides(vfs: readonly Vf[], vfioDriver: string): readonly Remark[] {
  return vfs.flatMap(({ device, ...vf }): Remark[] => {
    const override = device?.driverOverride.state === 'known' ? device.driverOverride.value : null;
    if (override === null || override === vfioDriver || override === 'vfio-pci') return [];
    const text = `${vfName(vf)} has driver_override ${override}, so PVE cannot bind it and a start with it fails.`;
    return [{ level: 'warning', id: 'vf.other-override', text, hint: 'pveigpu vf create corrects it.' }];
  });
}

/** With `driver=keep` PVE binds nothing, so the VF must be bound before. */
function keptDriver(vfs: readonly Vf[], vfioDriver: string): readonly Remark[] {
  const unbound = vfioDriver === 'vfio-pci' ? [] : vfs.filter(({ device }) => device?.driver !== vfioDriver);
  if (unbound.length === 0) return [];
  const text = `${unbound.length} VFs are not bound to ${vfioDriver}, and PVE leaves the driver of these VFs as it is.`;
  return [{ level: 'warning', id: 'vf.not-prepared', text, hint: 'pveigpu vf create binds them.' }];
}

/** PVE gives a whole IOMMU group to VFIO, bridges aside (pve-common SysFSTools.pm, pci_dev_group_bind_to_vfio). */
function groups(facts: HostFacts, vfs: readonly Vf[]): readonly Remark[] {
  const pci = ifKnown(facts.pci);
  return vfs.flatMap((vf): Remark[] => {
    const group = pci?.iommuGroups.find((one) => one.members.includes(vf.bdf));
    const others = (group?.members ?? []).filter((member) => {
      const device = pci === undefined ? undefined : deviceAt(pci, member);
      return member !== vf.bdf && !(device?.class.startsWith('06') ?? false);
    });
    if (pci === undefined || group === undefined || others.length === 0) return [];
    const text = `${vfName(vf)} shares IOMMU group ${group.id} with ${others.join(', ')}; PVE takes them all when a guest with it starts.`;
    const withPf = others.includes(vf.pf.bdf);
    const hint = withPf
      ? 'The GPU itself is among them, so its VFs cannot be given away on this machine.'
      : 'Another slot or firmware setting may split the group.';
    return [{ level: 'blocker', id: 'vf.group-shared', text, hint, overridable: !withPf, code: 'gpu.cannot' }];
  });
}

/** Somebody passes the whole GPU: when that guest starts, all VFs vanish. */
export function wholeGpuRemarks(guest: Guest, assignments: readonly Assignment[], pf: string): readonly Remark[] {
  return assignments.flatMap((one): Remark[] => {
    if (one.form !== 'pf' || one.state === 'leaving' || !(one.devices as readonly string[]).includes(pf)) return [];
    const slot = /^(?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}(?:,|$)/i.test(one.value)
      ? ' (an address without function means all of them)'
      : '';
    const text = `${guestName(one.guest)} passes the whole GPU with ${one.key}: ${one.value}${slot}; when it starts, every VF vanishes under its guest.`;
    const self = one.guest.vmid === guest.vmid;
    const together = self || isOn(nextConfig(one.guest).onboot) || isUp(one.guest);
    return [
      {
        level: together ? 'blocker' : 'warning',
        id: 'pf.passed',
        text,
        hint: `Take that entry away first: qm set ${one.guest.vmid} --delete ${one.key}`,
        overridable: !self,
        code: 'guest.slice-taken',
      },
    ];
  });
}

/** Other guests that name the same VF. Two guests on one VF are fine as long as they never run together. */
export function sharedVfRemarks(guest: Guest, assignments: readonly Assignment[], vf: Vf): readonly Remark[] {
  return guestsPinning(assignments, vf.bdf).flatMap((other): Remark[] => {
    if (other.vmid === guest.vmid) return [];
    const bothAtBoot = isOn(nextConfig(guest).onboot) && isOn(nextConfig(other).onboot);
    const text = bothAtBoot
      ? `${vfName(vf)} is pinned to ${guestName(other)} too, and both start at boot: only one of them will.`
      : `${vfName(vf)} is pinned to ${guestName(other)} too${isUp(other) ? ', which is running' : ''}; they cannot run together.`;
    const hint = 'Choose another VF, or leave out --vf to use the pool.';
    const level = bothAtBoot || isUp(other) ? 'blocker' : 'warning';
    return [{ level, id: 'slice.shared', text, hint, overridable: true, code: 'guest.slice-taken' }];
  });
}

/** Whether a pool has enough VFs for the guests that will use it. */
export function poolSizeRemarks(guest: Guest, assignments: readonly Assignment[], pool: string, size: number): readonly Remark[] {
  const users = assignments.filter((one) => one.form === 'pool' && one.pool === pool && one.state !== 'leaving');
  const own = users.filter((one) => one.guest.vmid === guest.vmid).length + 1;
  if (own > size) {
    const text = `${guestName(guest)} would need ${own} VFs of the pool ${pool}, which has ${size}: it could never start.`;
    return [{ level: 'blocker', id: 'pool.too-small', text, overridable: true, code: 'guest.slice-taken' }];
  }
  const atBoot = users.filter((one) => isOn(nextConfig(one.guest).onboot)).length + (isOn(nextConfig(guest).onboot) ? 1 : 0);
  if (atBoot > size) {
    const text = `Guests that start at boot want ${atBoot} VFs of the pool ${pool}, which has ${size}: not all of them will start.`;
    return [{ level: 'warning', id: 'pool.autostart-collision', text }];
  }
  if (users.length + 1 <= size) return [];
  const text = `Guests want ${users.length + 1} VFs of the pool ${pool}, which has ${size}: not all of them can run together.`;
  return [{ level: 'note', id: 'pool.more-guests-than-vfs', text }];
}

function isUp(guest: Guest): boolean {
  return guest.running.state === 'known' && guest.running.value;
}
