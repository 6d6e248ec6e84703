// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { FULL } from '../cases/with-machine.ts';
import { makeSetupDisk } from '../setup/setup-disk.ts';
import { SetupNode } from '../setup/setup-node.ts';

const DISK = 'kills-grub';
const APPLY = 'pveigpu apply gvt-d --yes < /dev/null > /root/apply.log 2>&1';
const IN_INITRAMFS = 'lsinitramfs /boot/initrd.img-$(uname -r)';
/** How often the power goes during an apply, and during the boot that confirms one. */
const [CUTS, CONFIRM_CUTS] = [10, 3];

/** Where in a run the power goes, as parts of its time; other ones each time, and said, so that they can be tried again. */
function points(count: number): readonly number[] {
  const given = process.env.RIG_POINTS?.split(',').map(Number);
  return given ?? Array.from({ length: count }, () => Math.round(Math.random() * 1000) / 1000);
}

async function uptime(node: SetupNode): Promise<number> {
  return Number((await node.must('cut -d" " -f1 /proc/uptime')).trim());
}

/** Waits for a time of the guest's own clock, then takes the power away and gives it back. */
async function cutAt(node: SetupNode, seconds: number): Promise<void> {
  while ((await uptime(node)) < seconds) await new Promise((resolve) => setTimeout(resolve, 20));
  await node.cutPower();
  await node.boot();
}

describe.skipIf(whyNot() !== undefined || !FULL)('the power goes during apply (RIG=full)', () => {
  /** Seconds that an apply takes to whom nothing happens, and the files of /etc before it and after it. */
  let [whole, before, after] = [0, [] as readonly string[], [] as readonly string[]];
  beforeAll(async () => {
    await makeSetupDisk(DISK, { device: 0x46a6 });
    const node = await SetupNode.start(DISK, `${DISK}-whole`);
    try {
      before = await node.etc();
      const begin = await uptime(node);
      expect((await node.machine.shell(APPLY, { timeoutMs: 1_200_000 })).code).toBe(4);
      whole = (await uptime(node)) - begin;
      after = await node.etc();
    } finally {
      await node.cutPower();
    }
  });

  test('the node boots, and the next command puts it right', { timeout: 7_200_000 }, async () => {
    for (const [index, part] of points(CUTS).entries()) {
      const at = `cut at ${part} of ${whole.toFixed(1)} s`;
      console.log(`rig: apply: ${at}`);
      const node = await SetupNode.start(DISK, `${DISK}-${index}`, { durable: true });
      try {
        await node.must(`(${APPLY}) > /dev/null 2>&1 &`);
        await cutAt(node, (await uptime(node)) + part * whole);
        const goesOn = index % 2 === 0;
        const next = await node.pveigpu(goesOn ? 'apply gvt-d --yes' : 'apply host --yes');
        expect([0, 4], `${at}: ${next.text}`).toContain(next.code);
        expect(await node.etc(), at).toEqual(goesOn ? after : before);
        const held = await node.must(IN_INITRAMFS);
        if (goesOn) expect(held, at).toContain('etc/modprobe.d/pveigpu.conf');
        else expect(held, at).not.toContain('pveigpu');
        await node.reboot();
        const asserted = await node.pveigpu('assert');
        expect(asserted.code, `${at}: ${asserted.text}`).toBe(0);
      } finally {
        await node.cutPower();
      }
    }
  });

  test('during the boot that confirms it: the next boot does', { timeout: 7_200_000 }, async () => {
    for (const [index, part] of points(CONFIRM_CUTS).entries()) {
      const node = await SetupNode.start(DISK, `${DISK}-confirm-${index}`, { durable: true });
      try {
        const applied = await node.pveigpu('apply gvt-d --yes');
        expect(applied.code, applied.text).toBe(4);
        await node.reboot();
        await cutAt(node, (await uptime(node)) + part * 20);
        await node.confirmed();
        expect(await node.must('ls /var/lib/pveigpu'), `cut at ${part}`).not.toContain('pending.json');
        expect(await node.etc()).toEqual(after);
        const asserted = await node.pveigpu('assert');
        expect(asserted.code, asserted.text).toBe(0);
      } finally {
        await node.cutPower();
      }
    }
  });
});
