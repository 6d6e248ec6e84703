// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { VF_BOOT_LIMIT_MS, VF_BOOT_UNIT_NAME, vfBootUnit } from '../../../src/core/boot/vf-boot-unit.ts';
import { vfGoals } from '../../../src/core/boot/vf-goals.ts';
import { VF_UDEV_RULE } from '../../../src/core/boot/vf-udev-rule.ts';

const KEY = '0000:00:02.0 8086:a780 1043:8694';

test('only GPUs whose mode is SR-IOV are goals', () => {
  const gpus = {
    [KEY]: { mode: 'sriov', numVfs: 4 },
    '0000:03:00.0 8086:e211 -': { mode: 'sriov' },
    '0000:04:00.0 8086:56c0 -': { mode: 'sriov', numVfs: 0 },
    '0000:05:00.0 8086:56c0 -': { mode: 'gvt-d' },
    'somewhere 8086:56c0 -': { mode: 'sriov' },
  } as const;
  expect(vfGoals({ format: 1, gpus })).toEqual({
    goals: [
      { key: KEY, bdf: '0000:00:02.0', numVfs: 4, wish: gpus[KEY] },
      { key: '0000:03:00.0 8086:e211 -', bdf: '0000:03:00.0', wish: { mode: 'sriov' } },
    ],
    unclear: ['somewhere 8086:56c0 -'],
  });
});

test('the unit comes before both that start guests, and outlasts the limit of the command', () => {
  const lines = vfBootUnit('/usr/bin/pveigpu').split('\n');
  expect(lines).toContain('Before=pve-guests.service pve-ha-lrm.service');
  expect(lines).toContain('ExecStart=-/usr/bin/pveigpu boot');
  const timeout = Number(/^TimeoutStartSec=(\d+)$/m.exec(lines.join('\n'))?.[1]);
  expect(timeout * 1000).toBeGreaterThan(VF_BOOT_LIMIT_MS);
  // Anything that could pull guests down with it, or wait for PVE's cluster file system, has no place there.
  expect(lines.join('\n')).not.toMatch(/pve-cluster|\/etc\/pve\b|^(Requires|BindsTo|RequiredBy|ExecStop)=/m);
});

test('the rule asks for the unit, without waiting, for PFs alone', () => {
  expect(VF_UDEV_RULE).toContain(`--no-block start ${VF_BOOT_UNIT_NAME}`);
  expect(VF_UDEV_RULE).toContain('TEST!="physfn"');
  expect(VF_UDEV_RULE.trimEnd().split('\n')).toHaveLength(2);
});
