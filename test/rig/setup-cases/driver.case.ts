// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { FULL } from '../cases/with-machine.ts';
import { makeSetupDisk } from '../setup/setup-disk.ts';
import { SetupNode } from '../setup/setup-node.ts';

const DISK = 'driver-grub';
const MODULE = 'modinfo -n i915';

/** From then on the kernel takes signed modules only (module.sig_enforce may be switched on, never off); the rig's own is loaded by then. */
const SIGNED_ONLY = `[Unit]
DefaultDependencies=no
ConditionPathExists=/root/signed-only
Before=systemd-udev-trigger.service systemd-modules-load.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo 1 > /sys/module/module/parameters/sig_enforce'
[Install]
WantedBy=sysinit.target
`;

describe.skipIf(whyNot() !== undefined || !FULL)('the driver, built by dkms (RIG=full)', () => {
  let running: SetupNode | undefined;
  const node = () => {
    if (running === undefined) throw new Error('The node did not start.');
    return running;
  };
  beforeAll(async () => {
    await makeSetupDisk(DISK, { device: 0x46a6 });
    running = await SetupNode.start(DISK, `${DISK}-case`);
    await node().must('cp -r /mnt/share/driver/good /root/driver; cp -r /mnt/share/driver/broken /root/broken');
  });
  afterAll(async () => {
    await running?.cutPower();
  });

  test('made for another kernel: the call and its prototype are named, and nothing is left', async () => {
    const before = await node().etc();
    const failed = await node().pveigpu('driver install --driver-from /root/broken --yes');
    expect(failed.code, failed.text).toBe(1);
    const text = failed.text.replaceAll(/\s+/g, ' ');
    expect(text).toContain('drm_dp_calc_pbn_mode');
    expect(text).toContain('takes other arguments');
    expect(text).toContain('int drm_dp_calc_pbn_mode(int clock, int bpp)');
    expect(await node().must('dpkg --audit; dkms status')).toBe('');
    expect(await node().etc()).toEqual(before);
    expect(await node().must(MODULE)).toContain('/kernel/drivers/gpu/drm/');
  });

  test('is built, and taken away again', async () => {
    const before = await node().etc();
    const done = await node().pveigpu('driver install --driver-from /root/driver --yes');
    expect([0, 4], done.text).toContain(done.code);
    expect(await node().must('dkms status')).toContain(': installed');
    expect(await node().must(MODULE)).toContain('/updates/dkms/');
    const gone = await node().pveigpu('driver remove --yes');
    expect([0, 4], gone.text).toContain(gone.code);
    expect(await node().must('dkms status; dpkg --audit')).toBe('');
    expect(await node().must(MODULE)).toContain('/kernel/drivers/gpu/drm/');
    expect(await node().etc()).toEqual(before);
  });

  test('without headers: said before anything is done', async () => {
    await node().must('apt-get -y -q remove linux-headers-amd64 linux-headers-$(uname -r)');
    const before = await node().etc();
    const failed = await node().pveigpu('driver install --driver-from /root/driver --yes');
    expect([1, 6], failed.text).toContain(failed.code);
    expect(failed.text).toContain('linux-headers-');
    expect(await node().must('dpkg --audit; dkms status')).toBe('');
    expect(await node().etc()).toEqual(before);
  });

  test('not signed by a key that the kernel knows: refused, said, and the set-up is taken back', async () => {
    await running?.cutPower();
    const other = await SetupNode.start(DISK, `${DISK}-signed`);
    try {
      await other.must('cp -r /mnt/share/driver/good /root/driver; cat > /etc/systemd/system/rig-signed.service', SIGNED_ONLY);
      await other.must('systemctl enable rig-signed');
      const before = await other.etc();
      const applied = await other.pveigpu('apply sriov --driver-from /root/driver --yes');
      expect(applied.code, applied.text).toBe(4);
      await other.must('touch /root/signed-only');
      await other.reboot();
      expect(await other.must('dmesg')).toMatch(/Loading of .*module.* is rejected/);
      const asserted = await other.pveigpu('assert');
      expect(asserted.code, asserted.text).not.toBe(0);
      const doctor = await other.pveigpu('doctor');
      expect(doctor.text).toContain('secure-boot.module-rejected');
      const confirmed = await other.confirmed();
      expect(confirmed).toContain('The set-up is taken back.');
      await other.must('rm /root/signed-only');
      await other.reboot();
      expect(await other.must(MODULE)).toContain('/kernel/drivers/gpu/drm/');
      expect(await other.must('dkms status; dpkg --audit')).toBe('');
      expect(await other.etc()).toEqual(before);
    } finally {
      await other.cutPower();
    }
  });
});
