// SPDX-License-Identifier: AGPL-3.0-or-later
import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { FULL } from '../cases/with-machine.ts';
import type { Shape } from '../machine/shape.ts';
import { makeSetupDisk } from '../setup/setup-disk.ts';
import { SetupNode } from '../setup/setup-node.ts';

const DISK = 'kills-grub';
/** What the next boot starts: the loader's configuration, and every name in the initramfs. */
const BOOT = 'cat /boot/grub/grub.cfg; lsinitramfs /boot/initrd.img-$(uname -r) | sort';
/** How often the power goes during an apply, and during the boot that confirms one. */
const [CUTS, CONFIRM_CUTS] = FULL ? [10, 3] : [1, 0];
/** The step that a run is at, nothing while it plans; `ended` after it. */
const STEP = 'sleep 0.5; grep "^step" /root/apply.log | tail -n 1; [ ! -e /root/apply.code ] || echo ended';

/** A machine with the disks as a power cut left them, and where that was. */
interface Cut {
  readonly shape: Shape;
  readonly at: string;
}

/**
 * The disks of a node at so many times, chosen by chance, from the first word of `look` on until it says nothing more. They are copied while the machine stands still, so one
 * run gives them all: QEMU that is killed leaves the same files.
 */
async function cutsOf(
  node: SetupNode,
  name: string,
  count: number,
  look: () => Promise<string | undefined>,
): Promise<readonly Cut[]> {
  const cuts: Cut[] = [];
  for (let next = 0; ; ) {
    const said = await look();
    if (said === undefined) break;
    const now = await uptime(node);
    if (said === '' || now < next) continue;
    next = now + Math.random() * 4;
    cuts.push({ shape: await node.asCutNow(`${name}-${cuts.length}`), at: `${now.toFixed(1)} s after the boot: ${said}` });
  }
  while (cuts.length > count)
    for (const { shape } of cuts.splice(Math.floor(Math.random() * cuts.length), 1)) rmSync(shape.disk ?? '', { force: true });
  return cuts;
}

async function uptime(node: SetupNode): Promise<number> {
  return Number((await node.must('cut -d" " -f1 /proc/uptime')).trim());
}

describe.skipIf(whyNot() !== undefined)('the power goes', () => {
  let [before, after] = [[] as readonly string[], [] as readonly string[]];
  let bootAfter = '';
  let [inApply, inConfirm] = [[] as readonly Cut[], [] as readonly Cut[]];

  beforeAll(async () => {
    await makeSetupDisk(DISK, { device: 0x46a6, iommu: 'intel_iommu=off' });
    const node = await SetupNode.start(DISK, `${DISK}-whole`, { durable: true });
    try {
      before = await node.etc();
      await node.must('(pveigpu apply gvt-d --force --yes < /dev/null; echo $? > /root/apply.code) > /root/apply.log 2>&1 &');
      inApply = await cutsOf(node, `${DISK}-apply`, CUTS, async () => {
        const said = (await node.must(STEP)).trim();
        return said.endsWith('ended') ? undefined : said;
      });
      expect(await node.must('cat /root/apply.code /root/apply.log')).toMatch(/^4\n/);
      after = await node.etc();
      bootAfter = await node.must(BOOT);
      if (CONFIRM_CUTS === 0) return;
      await node.powerDown();
      await node.switchOn();
      await node.must('until systemctl is-active -q pveigpu-confirm; do sleep 0.5; done');
      inConfirm = await cutsOf(node, `${DISK}-confirm`, CONFIRM_CUTS, async () =>
        (await node.must('systemctl is-active pveigpu-confirm || :')).trim() === 'active' ? 'confirming' : undefined,
      );
    } finally {
      await node.cutPower();
    }
  });

  test('during apply: the node boots, and the next command puts it right', async () => {
    expect(inApply.length).toBe(CUTS);
    for (const [index, { shape, at }] of inApply.entries()) {
      console.log(`rig: apply: cut at ${at}`);
      const node = await SetupNode.startFrom(shape);
      try {
        const goesOn = index % 2 === 0;
        const next = await node.pveigpu(goesOn ? 'apply gvt-d --force --yes' : 'apply host --force --yes');
        expect([0, 4], `${at}: ${next.text}`).toContain(next.code);
        expect(await node.etc(), at).toEqual(goesOn ? after : before);
        const boot = await node.must(BOOT);
        if (goesOn) expect(boot, at).toBe(bootAfter);
        else expect(boot, at).not.toMatch(/pveigpu|intel_iommu=on/);
        // What boots is what boots after a whole run, so each way is started once more.
        if (!FULL || index > 1) continue;
        await node.reboot();
        if (goesOn) await node.confirmed();
        const asserted = await node.pveigpu('assert');
        expect(asserted.code, `${at}: ${asserted.text}`).toBe(0);
      } finally {
        await node.cutPower();
      }
    }
  });

  test.runIf(FULL)('during the boot that confirms it: the next boot does', async () => {
    expect(inConfirm.length).toBe(CONFIRM_CUTS);
    for (const { shape, at } of inConfirm) {
      console.log(`rig: confirm: cut at ${at}`);
      const node = await SetupNode.startFrom(shape);
      try {
        await node.confirmed();
        expect(await node.must('ls /var/lib/pveigpu'), at).not.toContain('pending.json');
        expect(await node.etc(), at).toEqual(after);
        const asserted = await node.pveigpu('assert');
        expect(asserted.code, asserted.text).toBe(0);
      } finally {
        await node.cutPower();
      }
    }
  });
});
