// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { zfsRemarks } from '../../kernels/zfs-guard.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule, type Outcome } from '../finding.ts';
import { nextRelease } from './next-kernel.ts';

/** The next boot starts a kernel whose OpenZFS is older than what a pool uses. Only `--deep` asks zpool. */
export const ZFS_POOL_NEWER: FindingRule = {
  id: 'kernel.zfs-pool-newer',
  severity: 'critical',
  title: 'The kernel of the next boot cannot import a ZFS pool',
  reference: 'https://openzfs.github.io/openzfs-docs/man/master/7/zpool-features.7.html',
  deep: true,
  examine: (ground) => {
    const { facts, deep } = ground;
    const running = ifKnown(facts.kernel);
    const next = nextRelease(ground);
    if (deep.zfsPools.state === 'not-sensed' || running === undefined || next === undefined || next === running.release)
      return FINE;
    if (deep.zfsPools.state === 'unknown')
      return { state: 'unmeasured', because: visible(deep.zfsPools.reason, 200), needs: 'root' };
    const { release, cmdline } = running;
    const remarks = zfsRemarks({ release: next, pools: deep.zfsPools.value, running: release, cmdline });
    const inUse = deep.zfsPools.value.map(({ name, active }) => `${name}: ${active.join(' ')}`).join('; ');
    const isPinned = ifKnown(facts.boot)?.pinned === next;
    return remarks
      .filter(({ level }) => level === 'blocker')
      .map(
        ({ text }): Outcome => ({
          state: 'problem',
          subject: next,
          because: text,
          evidence: [
            { source: 'zpool get all', value: visible(inUse, 400) },
            isPinned
              ? { source: '/etc/kernel/proxmox-boot-pin', value: visible(next, 80) }
              : { source: '/boot', value: `vmlinuz-${next}` },
          ],
          remedy: {
            text: `Let the node start ${release}, which has imported the pools, or a newer one.`,
            fix: { kind: 'kernel-pin', release },
          },
        }),
      );
  },
};
