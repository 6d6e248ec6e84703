// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { FULL } from '../cases/with-machine.ts';
import { makeSetupDisk } from '../setup/setup-disk.ts';
import { SetupNode } from '../setup/setup-node.ts';

const GPU = 0x46a6;
const DRIVER = 'basename $(readlink /sys/bus/pci/devices/0000:00:02.0/driver)';
/** The kernel finds no first process in the initramfs, has no driver for its root, and panics. */
const PANICS = 'rdinit=/nonexistent';

/** Makes the entry of the trial panic, as a kernel does that a mode is too much for. */
const SPOIL = {
  'systemd-boot': `mount /dev/vdb1 /mnt && sed -i '/^options/s|$| ${PANICS}|' /mnt/loader/entries/pveigpu-trial.conf && umount /mnt`,
  grub: `sed -i '/pveigpu-trial/,/^}/{/linux/s|$| ${PANICS}|}' /boot/grub/grub.cfg`,
} as const;

const SHAPES = { 'systemd-boot': { mode: 'efi' }, grub: { mode: 'grub' } } as const;

describe.skipIf(whyNot() !== undefined).each(FULL ? (['systemd-boot', 'grub'] as const) : (['systemd-boot'] as const))(
  'apply --trial on %s',
  (loader) => {
    const disk = `trial-${loader}`;
    beforeAll(async () => {
      await makeSetupDisk(disk, { device: GPU, loader });
    });

    test.runIf(FULL)('is started once; confirm makes it last', async () => {
      const node = await SetupNode.start(disk, `${disk}-lasts`, SHAPES[loader]);
      try {
        const before = await node.etc();
        const tried = await node.pveigpu('apply gvt-d --trial --yes');
        expect(tried.code, tried.text).toBe(4);
        if (loader === 'systemd-boot') expect(await node.etc()).toEqual(before);
        await node.reboot();
        expect(await node.must('cat /proc/cmdline')).toContain('vfio-pci.ids=8086:46a6');
        expect((await node.must(DRIVER)).trim()).toBe('vfio-pci');
        const confirmed = await node.pveigpu('confirm --yes');
        expect([0, 4], confirmed.text).toContain(confirmed.code);
        await node.reboot();
        expect(await node.must('cat /proc/cmdline')).not.toContain('vfio-pci.ids');
        expect((await node.must(DRIVER)).trim()).toBe('vfio-pci');
        const asserted = await node.pveigpu('assert');
        expect(asserted.code, asserted.text).toBe(0);
      } finally {
        await node.cutPower();
      }
    });

    test('that panics: switched off and on, the old default boots, and confirm forgets it', async () => {
      const node = await SetupNode.start(disk, `${disk}-panics`, SHAPES[loader]);
      try {
        const before = await node.etc();
        const tried = await node.pveigpu('apply gvt-d --trial --yes');
        expect(tried.code, tried.text).toBe(4);
        await node.must(`${SPOIL[loader]} && sync`);
        await expect(node.reboot()).rejects.toThrow('QEMU ended before the guest was up');
        await node.boot();
        expect(await node.must('cat /proc/cmdline')).not.toContain('vfio-pci.ids');
        expect((await node.must(DRIVER)).trim()).toBe('i915');
        const confirmed = await node.pveigpu('confirm --yes');
        expect(confirmed.code, confirmed.text).toBe(0);
        expect(confirmed.text).toContain('The trial did not come up');
        expect(await node.must('ls /var/lib/pveigpu')).not.toContain('pending.json');
        expect(await node.etc()).toEqual(before);
        if (loader === 'systemd-boot')
          expect(await node.must('mount /dev/vdb1 /mnt && ls /mnt/loader/entries; umount /mnt')).not.toContain('pveigpu');
        else expect(await node.must('cat /boot/grub/grub.cfg')).not.toContain('pveigpu');
      } finally {
        await node.cutPower();
      }
    });
  },
);
