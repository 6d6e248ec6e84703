// SPDX-License-Identifier: AGPL-3.0-or-later

import { describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { grubDisk, overlayDisk } from '../machine/grub-disk.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';
import { FULL } from './with-machine.ts';

describe.skipIf(whyNot() !== undefined || !FULL)('booted by GRUB (RIG=full)', () => {
  test('parameters of grub.d and module options of modprobe.d arrive after a reboot', async ({ task }) => {
    await grubDisk();
    const disk = await overlayDisk('grub-case', 'grub.qcow2');
    const first = await VirtualMachine.start({ mode: 'grub', disk });
    Object.assign(task.meta, { bootSeconds: first.bootSeconds });
    try {
      await first.must(
        `printf 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX rig.word=1"\\n' > /etc/default/grub.d/zz-word.cfg
echo 'options i915 enable_guc=3 max_vfs=5' > /etc/modprobe.d/i915-rig.conf
update-initramfs -u -k all && update-grub && sync`,
        { timeoutMs: 200_000 },
      );
    } finally {
      await first.powerDown();
    }
    const second = await VirtualMachine.start({ mode: 'grub', disk });
    try {
      expect(await second.must('cat /proc/cmdline')).toContain('rig.word=1');
      const total = 'for n in $(seq 100); do [ -e $D/driver ] && break; sleep 0.2; done; cat $D/sriov_totalvfs';
      expect((await second.must(`D=/sys/bus/pci/devices/0000:00:02.0; ${total}`)).trim()).toBe('5');
    } finally {
      await second.kill();
    }
  });
});
