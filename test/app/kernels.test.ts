// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { listKernels, planKernelPin, planKernelUnpin } from '../../src/app/kernels.ts';
import { simulated } from './simulated.ts';

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

test('a kernel that no repository has is refused, in the words of the guides', async () => {
  expect(await planKernelPin(simulated('apollo-lake').context, { kernel: '6.5.13-5-pve', files: [] })).toMatchObject({
    ok: false,
    problem: { code: 'kernel.cannot', message: 'Kernel 6.5.13-5-pve is not installed and not in your repositories.' },
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
