// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareReleases } from '../boot/release-order.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark } from '../plan/action.ts';
import { visible } from '../text/visible.ts';
import { installedKernels } from './boot-kernels.ts';

/** What is to be said before a kernel is pinned: that it cannot be, that it lacks newer kernels' fixes, that a pin for one boot stands before it. */
export function pinRemarks(facts: HostFacts, release: string): readonly Remark[] {
  return [...noTool(facts), ...olderThanInstalled(facts, release), ...pinnedOnce(facts, release)];
}

function noTool(facts: HostFacts): readonly Remark[] {
  const pve = ifKnown(facts.pve);
  if (pve === undefined || pve.packages['proxmox-kernel-helper'] !== undefined) return [];
  const text = 'A kernel is pinned with proxmox-boot-tool (package proxmox-kernel-helper), which this machine does not have.';
  return [{ level: 'blocker', id: 'kernel.no-tool', code: 'kernel.cannot', text }];
}

function olderThanInstalled(facts: HostFacts, release: string): readonly Remark[] {
  const newer = installedKernels(facts).filter((kernel) => compareReleases(kernel.release, release) > 0);
  const newest = newer[newer.length - 1];
  if (newest === undefined) return [];
  const text = `Kernel ${release} is older than ${newest.release}, which is installed: it lacks the security fixes made since, and a pin keeps it from getting new ones.`;
  return [
    { level: 'warning', id: 'kernel.pin-older', text, hint: 'Take the pin away as soon as you can: pveigpu kernel unpin.' },
  ];
}

function pinnedOnce(facts: HostFacts, release: string): readonly Remark[] {
  const once = ifKnown(facts.boot)?.pinnedOnce;
  if (once === undefined || once === release) return [];
  const text = `Kernel ${visible(once, 80)} is pinned for the next boot only, so that one comes first.`;
  return [{ level: 'warning', id: 'kernel.pinned-once', text }];
}
