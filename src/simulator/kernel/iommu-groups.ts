// SPDX-License-Identifier: AGPL-3.0-or-later
import { relativeLink } from './links.ts';
import type { KernelState, SimDevice } from './state.ts';

const GROUPS = '/sys/kernel/iommu_groups';

/** Adds a member (a PCI address or an mdev UUID) to a group and shows it below `/sys/kernel/iommu_groups` and in its directory. */
export function joinGroup(state: KernelState, group: number, name: string, path: string): void {
  const members = state.groups.get(group) ?? new Set<string>();
  members.add(name);
  state.groups.set(group, members);
  const directory = `${GROUPS}/${group}`;
  state.tree.setFile(`${directory}/type`, `${/\biommu=pt\b/.test(state.cmdline) ? 'identity' : 'DMA-FQ'}\n`);
  state.tree.setFile(`${directory}/reserved_regions`, '0x00000000fee00000 0x00000000feefffff msi\n', { mode: 0o444 });
  state.tree.setLink(`${directory}/devices/${name}`, relativeLink(`${directory}/devices`, path));
  state.tree.setLink(`${path}/iommu_group`, relativeLink(path, directory));
}

/** Takes a member out; an empty group vanishes and its number becomes free. */
export function leaveGroup(state: KernelState, group: number | null, name: string): void {
  if (group === null) return;
  const members = state.groups.get(group);
  members?.delete(name);
  state.tree.remove(`${GROUPS}/${group}/devices/${name}`);
  if (members?.size === 0) {
    state.groups.delete(group);
    state.tree.remove(`${GROUPS}/${group}`);
  }
}

/**
 * The lowest free group number, as the kernel's ida gives it out, but not below `from`: a profile lists only some of a
 * machine's devices, and the numbers below belong to those that it leaves out.
 */
export function freeGroup(state: KernelState, from: number): number {
  let number = from;
  while (state.groups.has(number)) number += 1;
  return number;
}

/** The first number that no device of the profile has. */
export function firstFreeGroup(state: KernelState, pf: SimDevice): number {
  const listed = state.profile.devices.map((device) => device.iommuGroup ?? -1);
  return pf.profile.sriov?.firstGroup ?? Math.max(-1, ...listed) + 1;
}
