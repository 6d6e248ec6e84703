// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../src/app/context.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import { type KernelFile, neededForCopies, neededInBoot } from '../../src/core/preflight/boot-room.ts';
import type { Host } from '../../src/ports/host.ts';
import { espFreeBytes } from '../../src/simulator/boot/disks.ts';
import { type Simulated, simulated } from './simulated.ts';

const MIB = 2 ** 20;
/** A machine whose kernels lie on partitions of proxmox-boot-tool, and a mode for which that has work. */
const ON_ESPS = 'tiger-lake';

async function planned(machine: Simulated, context: Context = machine.context): Promise<Plan> {
  const plan = await planHostSetup(context, { mode: 'gvt-d', kernelFiles: [] });
  if (!plan.ok) throw new Error(plan.problem.message);
  return plan.value;
}

const blockers = ({ remarks }: Plan) => remarks.filter(({ level }) => level === 'blocker');

/** The node with so little room in /boot. */
function withBoot(machine: Simulated, bytes: number): Context {
  const host = new Proxy<Host>(machine.node, {
    get: (target, name) => {
      if (name === 'freeSpace')
        return async (path: string) => (path === '/boot' ? { kind: 'content', value: bytes } : await target.freeSpace(path));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...machine.context, host };
}

describe('a plan for which there is no room', () => {
  test('on an EFI system partition: refused with the sizes, nothing is changed or stays mounted', async () => {
    const machine = simulated(ON_ESPS);
    const { disks } = machine.node;
    expect(blockers(await planned(machine))).toEqual([]);
    for (const esp of disks.esps) esp.sizeBytes = esp.sizeBytes - espFreeBytes(esp) + 3 * MIB;
    const before = machine.lasting();
    const [blocker, ...others] = blockers(await planned(machine));
    expect(others).toHaveLength(disks.esps.length - 1);
    expect(blocker?.text).toMatch(
      /^The EFI system partition \S+ has 3 MiB free, and the kernels and initramfs images of this plan need about \d+ MiB there\.$/,
    );
    expect([blocker?.id, blocker?.code, blocker?.overridable]).toEqual(['preflight.no-room', 'plan.failed', undefined]);
    expect(disks.mounts).toEqual([]);
    expect(machine.lasting()).toEqual(before);
  });

  test.each([ON_ESPS, 'raptor-lake-s-untouched'])('%s: in /boot, where the new initramfs is built', async (name) => {
    const machine = simulated(name);
    const plan = await planned(machine, withBoot(machine, 5 * MIB));
    expect(blockers(plan).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^\/boot has 5 MiB free, and .* need about \d+ MiB there\.$/),
    ]);
  });

  test('a partition that cannot be mounted is a warning while another one can, else nothing is begun', async () => {
    const machine = simulated(ON_ESPS);
    const [first, ...others] = machine.node.disks.esps;
    if (first === undefined) throw new Error('no partition');
    for (const esp of others) esp.damaged = true;
    const some = await planned(machine);
    const warnings = some.remarks.filter(({ id }) => id === 'preflight.broken-esp');
    expect([warnings.length, blockers(some)]).toEqual([others.length, []]);
    expect(warnings.length).toBeGreaterThan(0);
    first.damaged = true;
    const none = blockers(await planned(machine)).map(({ id, text }) => [id, text.includes("can't read superblock")]);
    expect(none).toEqual(machine.node.disks.esps.map(() => ['preflight.broken-esp', true]));
  });

  test('a plan that touches neither is not looked at', async () => {
    const machine = simulated(ON_ESPS);
    const ended = await machine.carryOut(async () => await planHostSetup(machine.context, { mode: 'gvt-d', kernelFiles: [] }));
    expect(ended.ok).toBe(true);
    expect(blockers(await planned(machine, withBoot(machine, 0)))).toEqual([]);
  });
});

describe('how much is needed', () => {
  const file = fc.record<KernelFile>({
    sizeBytes: fc.integer({ min: 1, max: 300 * MIB }),
    copyBytes: fc.option(fc.integer({ min: 1, max: 300 * MIB }), { nil: null }),
    rebuilt: fc.boolean(),
  });

  test('nothing, where every copy is as the file', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 * MIB })), (sizes) => {
        const files = sizes.map((sizeBytes) => ({ sizeBytes, copyBytes: sizeBytes, rebuilt: false }));
        return neededForCopies(files, 0, 100 * MIB) === 0;
      }),
    );
  });

  test('at every moment of copying one by one, old and new beside each other, that much was enough', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 8 }), (files) => {
        let free = neededForCopies(files, 0, 0);
        for (const { sizeBytes, copyBytes, rebuilt } of files) {
          if (!rebuilt && copyBytes === sizeBytes) continue;
          free -= sizeBytes;
          if (free < 0) return false;
          free += copyBytes ?? 0;
        }
        return true;
      }),
    );
  });

  test('more kernels need more', () => {
    expect(neededInBoot([], 0, 50)).toBe(0);
    expect(neededInBoot([], 2, 50 * MIB)).toBeGreaterThan(neededInBoot([], 1, 50 * MIB));
    expect(neededInBoot([80 * MIB, 60 * MIB], 0, 0)).toBe(96 * MIB);
  });
});
