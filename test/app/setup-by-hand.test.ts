// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAdoption } from '../../src/app/adopt.ts';
import { assertHostSetup } from '../../src/app/assert.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { readDesired } from '../../src/app/engine/state-files.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { bdf } from '../support/facts.ts';
import { Simulated, simulated } from './simulated.ts';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

const ids = (plan: Plan) => plan.remarks.map(({ id }) => id);
const text = (machine: Simulated, path: string) => machine.node.machine.tree.text(path);
/** The guide for the NUC6CAYH, as far as files go (github.com/roger-/proxmox-igpu-nuc6cayh). */
const IDS = 'options vfio-pci ids=8086:5a85,8086:5a98\n';
const BLACKLIST = 'blacklist snd_hda_intel\nblacklist i915\n';

describe('a node that somebody set up by hand', () => {
  test('works: nothing is planned and nothing is remembered, however often it is applied', async () => {
    const machine = simulated('raptor-lake-s-by-hand');
    const plan = must(await planHostSetup(machine.context, { mode: 'sriov' }));
    expect([plan.steps, plan.desired, ids(plan).includes('setup.managed-by-you')]).toEqual([[], undefined, true]);
    const view = must(await assertHostSetup(machine.context, { mode: 'sriov' }));
    expect([view.answer, view.assertions.some(({ text: line }) => line.includes('as you set it up'))]).toEqual(['yes', true]);
    const before = machine.lasting();
    must(await applyPlan(machine.context, plan));
    expect(machine.lasting()).toEqual(before);
  });

  const SYSFS = 'devices/pci0000:00/0000:00:02.0/sriov_numvfs';
  test.each([
    ['/etc/sysfs.d/igpu.conf', `${SYSFS} = 7`],
    ['/etc/tmpfiles.d/igpu.conf', `w /sys/${SYSFS} - - - - 7`],
    ['/etc/udev/rules.d/80-igpu.rules', 'ACTION=="add", KERNEL=="0000:00:02.0", SUBSYSTEM=="pci", ATTR{sriov_numvfs}="7"'],
    [
      '/etc/udev/rules.d/80-igpu.rules',
      'ACTION=="add", SUBSYSTEM=="pci", \\\n KERNEL=="0000:00:02.0", \\\n ATTR{sriov_numvfs}="7"',
    ],
  ])('by %s: it is left alone, and switched off when pveigpu takes over', async (path, line) => {
    const machine = simulated('raptor-lake-s-by-hand');
    const { tree } = machine.node.machine;
    tree.remove('/etc/sysfs.conf');
    tree.setFile(path, `# mine\n${line}\n`);
    const plan = must(await planHostSetup(machine.context, { mode: 'sriov' }));
    const managed = plan.remarks.find(({ id }) => id === 'setup.managed-by-you');
    expect([plan.steps, managed?.text.includes(`${path}:2`)]).toEqual([[], true]);
    must(await applyPlan(machine.context, must(await planAdoption(machine.context, { move: true }))));
    expect(text(machine, path)).toBe(`# mine\n# pveigpu: ${line.replaceAll('\n', '\n# pveigpu: ')}\n`);
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'host' })), { force: true }));
    expect(text(machine, path)).toBe(`# mine\n${line}\n`);
  });

  test('by driverctl: it is left alone in gvt-d, and stands against any other mode with the way to undo it', async () => {
    const machine = simulated('apollo-lake');
    const { tree, kernel } = machine.node.machine;
    tree.setFile('/etc/driverctl.d/0000:00:02.0', 'vfio-pci\n');
    await machine.must('modprobe', 'vfio-pci');
    kernel.write('/sys/bus/pci/devices/0000:00:02.0/driver_override', 'vfio-pci');
    kernel.write('/sys/bus/pci/drivers/i915/unbind', '0000:00:02.0');
    kernel.write('/sys/bus/pci/drivers_probe', '0000:00:02.0');
    const own = must(await planHostSetup(machine.context, { mode: 'gvt-d' }));
    expect([own.steps, ids(own).includes('setup.managed-by-you')]).toEqual([[], true]);
    const other = must(await planHostSetup(machine.context, { mode: 'gvt-g', force: true }));
    const [blocker] = other.remarks.filter(({ level, overridable }) => level === 'blocker' && overridable !== true);
    expect([blocker?.id, blocker?.hint]).toEqual([
      'leftover.driverctl',
      'Take it away with: driverctl unset-override 0000:00:02.0',
    ]);
  });

  test('for GVT-g: what works is left alone and adopted without a reboot; without its module it is planned', async () => {
    const machine = simulated('coffee-lake');
    const plan = must(await planHostSetup(machine.context, { mode: 'gvt-g' }));
    expect([plan.steps, plan.desired, ids(plan)]).toEqual([[], undefined, ['setup.managed-by-you']]);
    const before = machine.lasting();
    const adopted = must(await planAdoption(machine.context, { move: false }));
    expect(ids(adopted)).toEqual(['setup.adopted']);
    must(await applyPlan(machine.context, adopted));
    expect(machine.lasting()).toEqual(before);
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    machine.node.machine.tree.setFile('/etc/modules', '');
    expect(must(await planHostSetup(machine.context, {})).steps.map(({ args }) => 'path' in args && args.path)).toContain(
      '/etc/modules-load.d/pveigpu.conf',
    );
  });

  test('adopt remembers the mode and leaves the files; with move ours does it, and host gives the line back', async () => {
    const machine = simulated('raptor-lake-s-by-hand');
    const conf = text(machine, '/etc/sysfs.conf');
    must(await applyPlan(machine.context, must(await planAdoption(machine.context, { move: false }))));
    expect(Object.values(must(await readDesired(machine.node)).gpus)).toEqual([{ mode: 'sriov', numVfs: 7 }]);
    expect(text(machine, '/etc/sysfs.conf')).toBe(conf);
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    must(await applyPlan(machine.context, must(await planAdoption(machine.context, { move: true }))));
    expect(text(machine, '/etc/sysfs.conf')).toBe(`# pveigpu: ${conf}`);
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    expect(await machine.node.reboot()).toMatchObject({ booted: true });
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'host' })), { force: true }));
    expect(text(machine, '/etc/sysfs.conf')).toBe(conf);
  });

  test('what a guide left serves its own mode, blocks another, and with force is switched off until that is taken back', async () => {
    const machine = simulated('apollo-lake');
    const { tree } = machine.node.machine;
    tree.setFile('/etc/modprobe.d/vfio.conf', IDS);
    tree.setFile('/etc/modprobe.d/blacklist.conf', BLACKLIST);
    tree.setFile('/etc/modules', 'vfio\nvfio_iommu_type1\nvfio_pci\nvfio_virqfd\n');
    await machine.must('update-initramfs', '-u', '-k', 'all');
    expect(await machine.node.reboot()).toMatchObject({ booted: true });
    const own = must(await planHostSetup(machine.context, { mode: 'gvt-d' }));
    expect([own.steps, ids(own).includes('setup.managed-by-you')]).toEqual([[], true]);
    const blocked = must(await planHostSetup(machine.context, { mode: 'gvt-g' }));
    const blockers = blocked.remarks.filter(({ level }) => level === 'blocker').map(({ id }) => id);
    expect(blockers).toEqual(['leftover.vfio-ids', 'leftover.driver-blocked']);
    must(
      await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'gvt-g', force: true })), {
        force: true,
      }),
    );
    expect(text(machine, '/etc/modprobe.d/vfio.conf')).toBe(`# pveigpu: ${IDS}`);
    expect(text(machine, '/etc/modprobe.d/blacklist.conf')).toBe('blacklist snd_hda_intel\n# pveigpu: blacklist i915\n');
    // the sound device of the same line stays with vfio-pci
    expect(text(machine, '/etc/modprobe.d/pveigpu.conf')).toContain('options vfio-pci ids=8086:5a98\n');
    expect(await machine.node.reboot()).toMatchObject({ booted: true });
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'host' }))));
    expect(text(machine, '/etc/modprobe.d/vfio.conf')).toBe(IDS);
    expect(text(machine, '/etc/modprobe.d/blacklist.conf')).toBe(BLACKLIST);
  });

  test.each([
    ['continued', 'options vfio-pci \\\n  ids=8086:5a85\n'],
    ['with CRLF', 'options vfio-pci ids=8086:5a85\r\n'],
  ])('a line that was switched off stays so without force: %s', async (_what, vfio) => {
    const machine = simulated('apollo-lake');
    machine.node.machine.tree.setFile('/etc/modprobe.d/vfio.conf', vfio);
    const forced = must(await planHostSetup(machine.context, { mode: 'gvt-g', force: true }));
    must(await applyPlan(machine.context, forced, { force: true }));
    expect(text(machine, '/etc/modprobe.d/vfio.conf')).toBe(`# pveigpu: ${vfio}`);
    const again = must(await planHostSetup(machine.context, {}));
    expect([again.steps, again.remarks.filter(({ level }) => level === 'blocker')]).toEqual([[], []]);
  });
});

describe('changes of a set-up', () => {
  test('a pool that is not true any more is a difference, and is left alone without quorum', async () => {
    const machine = simulated('panther-lake');
    must(await machine.carryOut(() => planHostSetup(machine.context, { mode: 'sriov', numVfs: 2 })));
    must(await machine.assign({ vmid: 101, mode: 'auto' }));
    machine.node.machine.tree.setFile(
      '/etc/pve/mapping/pci.cfg',
      machine.mapping().replaceAll(/iommugroup=\d+/g, 'iommugroup=99'),
    );
    expect(must(await planHostSetup(machine.context, {})).steps.map(({ action }) => action)).toEqual(['updatePool']);
    const { tree } = machine.node.machine;
    tree.setFile('/etc/pve/.members', (tree.text('/etc/pve/.members') ?? '').replace('"quorate": 1', '"quorate": 0'));
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
  });

  test('another number of VFs takes them away and makes them again; a guest that runs with one keeps it', async () => {
    const machine = simulated('panther-lake');
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'sriov', numVfs: 4 }))));
    must(await machine.assign({ vmid: 101, mode: 'auto' }));
    await machine.must('qm', 'start', '101');
    const blocked = must(await planHostSetup(machine.context, { mode: 'sriov', numVfs: 2 }));
    expect(blocked.remarks.filter(({ level }) => level === 'blocker').map(({ code }) => code)).toEqual(['vf.in-use']);
    await machine.must('qm', 'stop', '101');
    const fewer = must(await planHostSetup(machine.context, { mode: 'sriov', numVfs: 2 }));
    expect(fewer.then).toContain('pools');
    // the number of VFs first, then the pool that a guest uses
    const plans = must(await machine.carryOut(() => planHostSetup(machine.context, { mode: 'sriov', numVfs: 2 })));
    expect(plans.at(-1)?.steps.map(({ action }) => action)).toEqual(['updatePool']);
    expect([...machine.mapping().matchAll(/path=0000:00:02\.(\d)/g)].map(([, index]) => index)).toEqual(['1', '2']);
    expect(must(await planHostSetup(machine.context, {})).steps).toEqual([]);
    await machine.must('qm', 'start', '101');
    const tooMany = await planHostSetup(machine.context, { mode: 'sriov', numVfs: 99 });
    expect(tooMany.ok ? 'planned' : tooMany.problem.code).toBe('vf.range');
  });

  test('with a deferred reboot a running guest is no obstacle, and nothing that runs is touched', async () => {
    const machine = simulated('panther-lake');
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'sriov' }))));
    must(await machine.assign({ vmid: 101, mode: 'auto' }));
    await machine.must('qm', 'start', '101');
    const now = must(await planHostSetup(machine.context, { mode: 'gvt-d' }));
    expect(now.remarks.some(({ id }) => id === 'setup.guest-runs')).toBe(true);
    const later = must(await planHostSetup(machine.context, { mode: 'gvt-d', deferReboot: true }));
    expect(later.remarks.filter(({ level, overridable }) => level === 'blocker' && overridable !== true)).toEqual([]);
    expect(later.steps.filter(({ action }) => action === 'writeSysfs')).toEqual([]);
  });

  test('a second GPU on another driver keeps its settings when the first one goes back', async () => {
    const machine = simulated('arc-pro');
    const [first, second] = [bdf('0000:00:02.0'), bdf('0000:03:00.0')];
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'gvt-d', gpu: second }))));
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'gvt-d', gpu: first }))));
    const both = text(machine, '/etc/modprobe.d/pveigpu.conf') ?? '';
    expect([both.includes(first), both.includes(second)]).toEqual([true, true]);
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'host', gpu: first }))));
    const one = text(machine, '/etc/modprobe.d/pveigpu.conf') ?? '';
    expect([one.includes(first), one.includes(second)]).toEqual([false, true]);
  });

  test('a kernel on which the other GPU would lose its mode is refused, unless that is asked for', async () => {
    const profile = findProfile('arc-pro');
    if (profile === undefined) throw new Error('no such machine');
    const machine = new Simulated({ ...profile, otherKernels: ['6.8.12-4-pve'] });
    const [first, second] = [bdf('0000:00:02.0'), bdf('0000:03:00.0')];
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'sriov', gpu: second }))));
    const wish = { mode: 'gvt-d', gpu: first, kernel: '6.8.12-4-pve' } as const;
    const plan = must(await planHostSetup(machine.context, wish));
    const said = plan.remarks.filter(({ id }) => id === 'setup.other-gpu');
    expect(said).toMatchObject([{ level: 'blocker', overridable: true, hint: expect.stringContaining(`host --gpu ${second}`) }]);
    expect(said[0]?.text).toContain(second);
    const refused = await applyPlan(machine.context, plan);
    expect(refused.ok ? 'applied' : refused.problem.where).toBe('setup.other-gpu');
    // on the kernel that runs both have their place
    const now = must(await planHostSetup(machine.context, { mode: 'gvt-d', gpu: first }));
    expect(ids(now)).not.toContain('setup.other-gpu');
  });

  test('what was set up for a card that was taken out is given back all the same', async () => {
    const profile = findProfile('arc-b580');
    if (profile === undefined) throw new Error('no such machine');
    const card = '0000:03:00.0';
    const equipped = new Simulated(profile);
    const before = equipped.node.persistentFiles();
    must(await applyPlan(equipped.context, must(await planHostSetup(equipped.context, { mode: 'gvt-d', gpu: bdf(card) }))));
    const without = new Simulated({ ...profile, devices: profile.devices.filter((device) => device.bdf !== card) });
    for (const [path, content] of Object.entries(equipped.node.persistentFiles()))
      if (before[path] !== content && !path.endsWith('/') && !content.startsWith('-> '))
        without.node.machine.tree.setFile(path, content);
    expect(text(without, '/etc/modprobe.d/pveigpu.conf')).toContain(card);
    must(await applyPlan(without.context, must(await planHostSetup(without.context, { mode: 'host', gpu: bdf(card) }))));
    expect(text(without, '/etc/modprobe.d/pveigpu.conf')).toBeUndefined();
    expect(must(await readDesired(without.node)).gpus).toEqual({});
  });

  test('an option that somebody gives on the command line is contradicted there, and only with force', async () => {
    const machine = simulated('arrow-lake-xe');
    const plan = must(await planHostSetup(machine.context, { mode: 'sriov' }));
    const said = plan.remarks.filter(({ level, overridable }) => level === 'blocker' && overridable === true);
    expect(said.map(({ text: line }) => line).join(' ')).toContain('i915.force_probe=!7d67');
  });
});
