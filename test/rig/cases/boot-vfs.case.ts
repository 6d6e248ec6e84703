// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, describe, expect, test } from 'vitest';
import { ALL_READY, bootedNode, saidBy, untilReady, vfDrivers } from '../boot/booted-node.ts';
import { copyNodeDisk, diskPath, makeNodeDisk } from '../boot/node-disk.ts';
import type { Way } from '../boot/ways.ts';
import { whyNot } from '../build/debian-mirror.ts';
import type { Shape } from '../machine/shape.ts';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { FULL, withMachine } from './with-machine.ts';

/** Longer than a driver or the enabling of VFs may take before they are given up. */
const FAR_TOO_LONG_MS = 60_000;
/** How long a command of the guest is waited for on a busy host, milliseconds; nothing is proved by it. */
const MOST_MS = 300_000;
/** What a boot may cost beyond the limit of the unit, seconds of the guest's own time: everything else of it, without hardware acceleration. */
const REST_OF_BOOT = 60;

/** A node that is set up one way, booted in a given state. */
function node(way: Way, title: string, shape: Partial<Shape>, cases: (machine: () => VirtualMachine) => void): void {
  const name = `${way}-${title}`;
  describe(way, () => {
    beforeAll(async () => {
      if (whyNot() === undefined) await copyNodeDisk(way, name);
    });
    withMachine(title, { mode: 'systemd', disk: diskPath(name), ownTime: true, ...shape }, cases);
  });
}

function report(way: Way, what: string, value: unknown): void {
  console.log(`rig: boot: ${way}: ${what}: ${JSON.stringify(value)}`);
}

const WAYS: readonly Way[] = FULL ? ['nothing', 'unit', 'generated rules', 'unit and rule'] : ['unit and rule'];

beforeAll(async () => {
  if (whyNot() === undefined) for (const way of WAYS) await makeNodeDisk(way);
});

for (const way of WAYS) {
  const has = way !== 'nothing';
  const says = way === 'unit and rule' || way === 'unit';

  node(way, 'all in order', {}, (machine) => {
    test('guests find their VFs', async () => {
      const boot = await bootedNode(machine());
      report(way, 'in order', boot);
      if (way !== 'generated rules') expect(boot.guestsSaw).toEqual(has ? ALL_READY : []);
      if (says) expect(boot.said.at(-1)).toBe('pveigpu: The GPU 0000:00:02.0 has 7 VFs, ready for guests.');
    });

    test.runIf(has)('after the driver was reloaded', async () => {
      await machine().must('modprobe -r i915; modprobe i915', { timeoutMs: MOST_MS });
      const seconds = await untilReady(machine());
      report(way, 'back after reload, seconds', seconds);
      // Rules alone do not always manage, which is one reason why they were not taken.
      if (way === 'unit and rule') expect(seconds).not.toBeNull();
      if (way === 'unit') expect(await vfDrivers(machine())).toEqual([]);
    });

    test.runIf(says)('again by hand, nothing changes', async () => {
      await machine().must('pveigpu boot', { timeoutMs: MOST_MS });
      const before = await vfDrivers(machine());
      const answer = await machine().shell('time -p pveigpu boot', { timeoutMs: MOST_MS });
      report(way, 'second run', answer.stdout + answer.stderr);
      expect(answer.code).toBe(0);
      expect(await vfDrivers(machine())).toEqual(before);
    });
  });

  if (FULL)
    node(way, 'slow driver', { append: 'i915.rig_probe_ms=8000' }, (machine) => {
      test('guests wait for it, or VFs come after them', async () => {
        const boot = await bootedNode(machine());
        const seconds = has ? await untilReady(machine()) : null;
        report(way, 'slow driver', { ...boot, readyAfter: seconds });
        if (says) expect(boot.guestsSaw).toEqual(ALL_READY);
        if (says) expect(seconds).not.toBeNull();
      });
    });

  node(way, 'VFs take too long', { append: `i915.rig_delay_ms=${FAR_TOO_LONG_MS}` }, (machine) => {
    test('the boot goes on without them', async () => {
      const boot = await bootedNode(machine());
      report(way, 'VFs take too long', boot);
      expect(boot.guestsAt).toBeLessThan(30 + REST_OF_BOOT);
      // It ended by itself: systemd's own limit, which says nothing of the reason, was not needed.
      if (says) expect(boot.unitSeconds).toBeLessThan(45);
      if (says) expect(boot.said).toEqual([expect.stringContaining('did not return within')]);
    });
  });

  node(way, 'no driver', { append: 'modprobe.blacklist=i915' }, (machine) => {
    test('the boot goes on, and the reason is said', async () => {
      const boot = await bootedNode(machine());
      report(way, 'no driver', boot);
      expect(boot.guestsSaw).toEqual([]);
      if (says) expect(boot.said).toEqual([expect.stringContaining('no driver took the GPU 0000:00:02.0 within')]);
    });

    test.runIf(has)('a driver that comes later', async () => {
      await machine().must('modprobe i915', { timeoutMs: MOST_MS });
      const seconds = await untilReady(machine());
      report(way, 'after a late driver, seconds', seconds);
      if (says) expect(seconds !== null).toBe(way === 'unit and rule');
    });
  });

  if (FULL)
    node(way, 'another GPU there', { gpu: { device: 0xa780 } }, (machine) => {
      test.runIf(has)('is left alone', async () => {
        const boot = await bootedNode(machine());
        report(way, 'another GPU', boot);
        expect(boot.guestsSaw).toEqual([]);
        expect(await vfDrivers(machine())).toEqual([]);
        if (says)
          expect(await saidBy(machine())).toEqual(
            expect.arrayContaining([expect.stringContaining('not the one that was set up')]),
          );
      });
    });
}
