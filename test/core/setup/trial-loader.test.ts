// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import type { BootFacts, LoaderFacts } from '../../../src/core/facts/boot-facts.ts';
import { trialLoader } from '../../../src/core/setup/trial/trial-loader.ts';

const boot = (...loaders: readonly Omit<LoaderFacts, 'because'>[]): BootFacts => ({
  firmware: 'uefi',
  loaders: loaders.map((loader) => ({ ...loader, because: [] })),
  espUuids: { state: 'absent' },
  kernels: [],
  manual: [],
  freeBytes: {},
});
const GRUB = { kind: 'grub', tool: false, active: true } as const;

test.each([
  ['/dev/sda2 / ext4 rw 0 0\n', true],
  ['/dev/nvme0n1p3 / xfs rw 0 0\n', true],
  ['/dev/vda / ext4 rw 0 0\n', true],
  ['/dev/mapper/pve-root / ext4 rw 0 0\n', false],
  ['rpool/ROOT/pve-1 / zfs rw 0 0\n', false],
  ['/dev/sda2 / btrfs rw 0 0\n', false],
  ['/dev/md0 / ext4 rw 0 0\n', false],
  ['/dev/mapper/pve-root / ext4 rw 0 0\n/dev/sda1 /boot ext4 rw 0 0\n', true],
  ['/dev/sda1 / ext4 rw 0 0\n/dev/mapper/vg-boot /boot ext4 rw 0 0\n', false],
  ['', false],
])('GRUB with %j', (mounts, isPossible) => {
  expect(trialLoader(boot(GRUB), mounts).ok).toBe(isPossible);
});

test('systemd-boot of proxmox-boot-tool can, GRUB on its partitions cannot', () => {
  expect(trialLoader(boot({ kind: 'systemd-boot', tool: true, active: true }), '')).toEqual({ ok: true, value: 'systemd-boot' });
  expect(trialLoader(boot({ kind: 'grub', tool: true, active: true }), '/dev/sda2 / ext4\n').ok).toBe(false);
});

test('with two loaders and no sign which one started, there is no trial', () => {
  const both = boot({ ...GRUB, active: 'unknown' }, { kind: 'systemd-boot', tool: true, active: 'unknown' });
  expect(trialLoader(both, '/dev/sda2 / ext4 rw 0 0\n').ok).toBe(false);
});
