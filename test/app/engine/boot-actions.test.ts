// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { readPending } from '../../../src/app/engine/pending-file.ts';
import { recover } from '../../../src/app/engine/recover.ts';
import { readLedger } from '../../../src/app/engine/state-files.ts';
import type { Plan, Step } from '../../../src/core/plan/action.ts';
import { inverseOf } from '../../../src/core/plan/inverse.ts';
import type { SimulatedNodeOptions } from '../../../src/simulator/simulated-node.ts';
import { Simulated } from '../simulated.ts';
import { LOADERS, OTHER_KERNEL, setUp } from './boot-plans.ts';
import { PowerCut } from './rig.ts';

/** What lasts, without the copies of initramfs that initramfs-tools keeps by itself. */
function lasting(machine: Simulated): { readonly [path: string]: string } {
  return Object.fromEntries(Object.entries(machine.lasting()).filter(([path]) => !/\.bak$|^\/boot\/.*\.dpkg-bak$/.test(path)));
}

async function must(machine: Simulated, plan: Plan): Promise<void> {
  const applied = await applyPlan(machine.context, plan);
  if (!applied.ok) throw new Error(`${applied.problem.code}: ${applied.problem.message}`);
}

/** A machine whose power goes at the n-th place: before an operation that may change something, or within a program's write. */
function cutAt(profile: (typeof LOADERS)[number], nth: number) {
  const state = { places: 0, armed: false };
  const pass = () => {
    if (!state.armed) return;
    state.places += 1;
    if (state.places > nth) throw new PowerCut('cut');
  };
  const faults: SimulatedNodeOptions['faults'] = {
    beforeOperation: (operation) => {
      if (!/^(read|readBytes|readLink|list|stat|freeSpace)$/.test(operation)) pass();
    },
    insideProgram: () => pass(),
  };
  const machine = new Simulated(profile, { faults });
  return { machine, state };
}

describe.each(LOADERS)('$name', (profile) => {
  test.each([null, OTHER_KERNEL])('a set-up that pins %s takes effect with the next boot', async (pin) => {
    const machine = new Simulated(profile);
    await must(machine, setUp(machine, pin));
    expect(await readPending(machine.node)).toMatchObject({ ok: true, value: { kernel: pin ?? profile.kernelRelease } });
    // What PVE's own tool makes of the same files is what is there.
    const ours = lasting(machine);
    const [program, ...words] = profile.loader.startsWith('pbt-') ? ['proxmox-boot-tool', 'refresh'] : ['update-grub'];
    await machine.must(program ?? '', ...words);
    expect(lasting(machine)).toEqual(ours);
    expect(await machine.node.reboot()).toEqual({ booted: true });
    expect(await machine.must('uname', '-r')).toBe(`${pin ?? profile.kernelRelease}\n`);
    expect(machine.node.machine.tree.text('/proc/cmdline')).toContain(' initcall_blacklist=sysfb_init');
  });

  test.each([null, OTHER_KERNEL])('the way back from a set-up that pins %s is exact', async (pin) => {
    const machine = new Simulated(profile);
    const before = lasting(machine);
    const plan = setUp(machine, pin);
    await must(machine, plan);
    const consumers = plan.steps.filter(({ action }) => action === 'updateInitramfs' || action === 'refreshBoot');
    const others = plan.steps.filter((step) => !consumers.includes(step)).reverse();
    const steps = [...others, ...consumers].map(inverseOf).filter((step): step is Step => step !== null);
    await must(machine, { title: 'back', steps, remarks: [] });
    expect(lasting(machine)).toEqual(before);
    expect(await readLedger(machine.node)).toMatchObject({ value: { files: {}, packages: {}, units: {} } });
    expect(await readLedger(machine.node)).not.toHaveProperty('value.pin');
  });

  test('the copies of a kernel of which /boot has no initramfs any more stay where the loader reads them', async () => {
    const machine = new Simulated(profile);
    machine.node.machine.tree.remove(`/boot/initrd.img-${OTHER_KERNEL}`);
    const copies = () => Object.keys(machine.lasting()).filter((path) => path.endsWith(`${OTHER_KERNEL}`));
    const before = copies();
    await must(machine, setUp(machine));
    expect(copies()).toEqual(before);
    expect(before.filter((path) => path.includes('initrd')).length).toBe(profile.esps?.length ?? 0);
  });

  test('a listed partition that nobody prepared is passed over, and the other one starts the node', async () => {
    const machine = new Simulated(profile);
    const [first, second] = machine.node.disks.esps;
    if (first === undefined || second === undefined) return expect(profile.loader).toBe('grub');
    for (const path of ['/grub', '/loader', '/EFI']) second.tree.remove(path);
    await must(machine, setUp(machine));
    expect(machine.said.join('\n')).toContain('was not prepared by proxmox-boot-tool');
    expect(await machine.node.reboot()).toEqual({ booted: true });
    expect(machine.node.machine.tree.text('/proc/cmdline')).toContain(' initcall_blacklist=sysfb_init');
  });

  test('a partition that cannot be mounted is passed over with a word, also on the way back; where none can nothing is done', async () => {
    const machine = new Simulated(profile);
    const [first, second] = machine.node.disks.esps;
    if (first === undefined || second === undefined) return expect(profile.loader).toBe('grub');
    const before = lasting(machine);
    second.damaged = true;
    const plan = setUp(machine);
    await must(machine, plan);
    expect(machine.said.join('\n')).toContain(
      `The EFI system partition ${second.uuid} is passed over and keeps what it had: mount could not`,
    );
    expect(await machine.node.reboot()).toEqual({ booted: true });
    expect(machine.node.machine.tree.text('/proc/cmdline')).toContain(' initcall_blacklist=sysfb_init');
    const steps = [...plan.steps]
      .reverse()
      .map(inverseOf)
      .filter((step): step is Step => step !== null);
    const consumes = ({ action }: Step) => action === 'updateInitramfs' || action === 'refreshBoot';
    await must(machine, {
      title: 'back',
      steps: [...steps.filter((step) => !consumes(step)), ...steps.filter(consumes).reverse()],
      remarks: [],
    });
    expect(lasting(machine)).toEqual(before);

    first.damaged = true;
    const refused = await applyPlan(machine.context, plan);
    expect(refused).toMatchObject({ ok: false, problem: { message: expect.stringContaining(first.uuid) } });
  });

  test('the power goes anywhere: the node boots, and all is taken back', async () => {
    const pin = OTHER_KERNEL;
    const whole = cutAt(profile, Number.POSITIVE_INFINITY);
    const before = lasting(whole.machine);
    whole.state.armed = true;
    await must(whole.machine, setUp(whole.machine, pin));
    const total = whole.state.places;
    const after = lasting(whole.machine);
    expect(total).toBeGreaterThan(30);
    const outcomes = new Set<string>();
    for (let place = 0; place < total; place += 1) {
      const { machine, state } = cutAt(profile, place);
      state.armed = true;
      await expect(applyPlan(machine.context, setUp(machine, pin)), `cut at ${place}`).rejects.toThrow(PowerCut);
      state.armed = false;
      expect(await machine.node.reboot(), `cut at ${place}`).toEqual({ booted: true });
      const recovered = await recover(machine.context);
      if (!recovered.ok) throw new Error(`cut at ${place}: ${recovered.problem.message}`);
      const outcome = recovered.value?.outcome ?? 'nothing';
      outcomes.add(outcome);
      expect(lasting(machine), `cut at ${place}: ${outcome}`).toEqual(
        outcome === 'finished' || place === total - 1 ? after : before,
      );
      expect(await machine.node.reboot(), `cut at ${place}, recovered`).toEqual({ booted: true });
    }
    expect([...outcomes].sort()).toEqual(['finished', 'nothing', 'undone']);
  }, 120_000);
});
