// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { listKernels, planKernelPin, planKernelUnpin } from '../../src/app/kernels.ts';
import { holdDpkgLock } from '../../src/simulator/packages/dpkg-lock.ts';
import { kernelPackage } from '../../src/simulator/packages/kernel-packages.ts';
import { placeSources } from '../../src/simulator/packages/sources.ts';
import { type Simulated, simulated } from './simulated.ts';

const PIN = '/etc/kernel/proxmox-boot-pin';

/** One machine a loader, so that a pin is proven by what boots. */
const MACHINES = ['raptor-lake-s', 'coffee-lake', 'alder-lake-n', 'panther-lake'];

describe.each(MACHINES)('kernels of %s', (name) => {
  test('what runs, what apt offers, and what each would mean', async () => {
    const view = await listKernels(simulated(name).context);
    expect(view.unknown).toEqual([]);
    expect(view.kernels.filter(({ running }) => running)).toMatchObject([{ installed: true, isDefault: true, initramfs: true }]);
    expect(view.kernels.some(({ installed, headers }) => !installed && headers === 'available')).toBe(true);
    for (const { gpus } of view.kernels) for (const { modes } of gpus) expect(modes).toHaveLength(4);
  });

  test('one that is not installed is installed, pinned and boots; unpinned the newest boots again', async () => {
    const machine = simulated(name);
    const before = (await machine.must('uname', '-r')).trim();
    const plan = await planKernelPin(machine.context, { kernel: '6.14', files: [] });
    if (!plan.ok) throw new Error(plan.problem.message);
    expect(plan.value.remarks.filter(({ level }) => level === 'blocker')).toEqual([]);
    expect((await applyPlan(machine.context, plan.value)).ok).toBe(true);
    const wanted = machine.node.machine.tree.text(PIN)?.trim();
    expect(wanted).toMatch(/^6\.14\./);
    await machine.node.reboot();
    expect((await machine.must('uname', '-r')).trim()).toBe(wanted);

    const again = await planKernelPin(machine.context, { kernel: '6.14', files: [] });
    expect(again).toMatchObject({ ok: true, value: { steps: [] } });

    const unpin = await planKernelUnpin(machine.context);
    if (!unpin.ok) throw new Error(unpin.problem.message);
    expect((await applyPlan(machine.context, unpin.value)).ok).toBe(true);
    await machine.node.reboot();
    expect((await machine.must('uname', '-r')).trim()).toBe(before);
  });
});

test('a kernel that does not fit onto an EFI system partition is not installed', async () => {
  const machine = simulated('tiger-lake');
  const { disks } = machine.node;
  expect(disks.esps.length).toBeGreaterThan(0);
  for (const esp of disks.esps) esp.sizeBytes = 8 * 2 ** 20;
  const before = machine.lasting();
  const plan = await planKernelPin(machine.context, { kernel: '6.14', files: [] });
  if (!plan.ok) throw new Error(plan.problem.message);
  const blockers = plan.value.remarks.filter(({ level }) => level === 'blocker').map(({ id }) => id);
  expect(blockers).toEqual(disks.esps.map(() => 'preflight.no-room'));
  expect(disks.mounts).toEqual([]);
  // Somebody may fill the partition after the plan was made: the step looks again.
  const applied = await applyPlan(machine.context, { ...plan.value, remarks: [] });
  expect(applied).toMatchObject({ ok: false, problem: { code: 'plan.failed' } });
  expect(applied.ok ? '' : applied.problem.message).toMatch(
    /^\/run\/pveigpu\/esp\/\S+ has 8 MiB free; 6\.14\.\S+ with its initramfs needs/,
  );
  expect(machine.lasting()).toEqual(before);
  expect(disks.mounts).toEqual([]);
});

test('a kernel that no repository has is refused, in the words of the guides', async () => {
  expect(await planKernelPin(simulated('apollo-lake').context, { kernel: '6.5.13-5-pve', files: [] })).toMatchObject({
    ok: false,
    problem: { code: 'kernel.cannot', message: 'Kernel 6.5.13-5-pve is not installed and not in your repositories.' },
  });
});

describe('before a kernel is pinned', () => {
  const blockers = async (machine: Simulated, kernel: string) => {
    const plan = await planKernelPin(machine.context, { kernel, files: [] });
    if (!plan.ok) throw new Error(plan.problem.message);
    return plan.value.remarks.filter(({ level }) => level === 'blocker').map(({ id, text }) => ({ id, text }));
  };

  test('a root pool with newer features stops it, by their name', async () => {
    const machine = simulated('raptor-lake-p');
    expect(machine.node.machine.tree.text('/proc/cmdline')).toContain('root=ZFS=rpool');
    machine.node.machine.packages.offered.push(kernelPackage('6.5.13-5-pve'));
    expect(await blockers(machine, '6.5.13-5-pve')).toEqual([]);
    machine.node.machine.poolFeatures.set('raidz_expansion', 'active');
    expect(await blockers(machine, '6.5.13-5-pve')).toEqual([
      {
        id: 'kernel.zfs-feature',
        text: 'Kernel 6.5.13-5-pve brings OpenZFS 2.2 and cannot import the root pool rpool, which uses raidz_expansion (OpenZFS 2.3): it would not boot.',
      },
    ]);
    expect(await blockers(machine, '6.14')).toEqual([]);
  });

  test('a node without a subscription is told that this is why nothing is offered', async () => {
    const machine = simulated('coffee-lake');
    placeSources(machine.node.machine.tree, 'enterprise');
    expect(await planKernelPin(machine.context, { kernel: '6.14', files: [] })).toMatchObject({
      ok: false,
      problem: { code: 'kernel.cannot', hint: expect.stringContaining('this node has no subscription') },
    });
  });

  test('a node without a network', async () => {
    const machine = simulated('coffee-lake');
    machine.node.machine.tree.setFile('/proc/net/route', 'Iface\tDestination\tGateway \tFlags\n');
    expect((await blockers(machine, '6.14')).map(({ id }) => id)).toEqual(['packages.offline']);
    expect((await blockers(machine, '6.17')).map(({ id }) => id)).toEqual([]);
  });

  test('somebody else at work with packages, by name', async () => {
    const machine = simulated('coffee-lake');
    const release = holdDpkgLock(machine.node.machine, 'unattended-upgr');
    expect(await blockers(machine, '6.14')).toMatchObject([
      { id: 'packages.locked', text: expect.stringContaining('(unattended-upgr) holds dpkg') },
    ]);
    release();
    expect(await blockers(machine, '6.14')).toEqual([]);
  });

  test('packages that dpkg left half-way', async () => {
    const machine = simulated('coffee-lake');
    const path = '/var/lib/dpkg/status';
    const status = machine.node.machine.tree.text(path) ?? '';
    machine.node.machine.tree.setFile(
      path,
      `${status}Package: ups-tool\nStatus: install ok half-configured\nArchitecture: all\nVersion: 1\n\n`,
    );
    expect((await blockers(machine, '6.14')).map(({ id }) => id)).toContain('packages.unfinished');
  });
});

test('a file that is no package is refused', async () => {
  const machine = simulated('apollo-lake');
  machine.node.machine.tree.setFile('/root/x.deb', 'no package');
  expect(await planKernelPin(machine.context, { kernel: '6.5.13-5-pve', files: ['/root/x.deb'] })).toMatchObject({
    ok: false,
    problem: { code: 'kernel.cannot', where: '/root/x.deb' },
  });
});
