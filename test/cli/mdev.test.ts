// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootPools } from '../../src/app/boot-pools.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { jsonOf, mustType, raptorLake, sentence, typed, wholeTree } from './command-line.ts';

const UUID = '00000000-0000-0000-0000-000000000110';

/** Coffee Lake with GVT-g on and two plain VMs. */
function coffeeLake(): Simulated {
  const machine = simulated('coffee-lake');
  for (const vmid of [110, 111]) machine.writeConfig(vmid, 'cores: 1\nmemory: 64\nname: plain\nostype: l26\n');
  return machine;
}

describe('mediated devices, typed', () => {
  test('types, assignment, list and back', async () => {
    const machine = coffeeLake();
    expect((await mustType(machine, 'mdev types')).out).toMatch(/i915-GVTg_V5_4 +1 +0 +128 MB +512 MB +4 +1920x1200 +4 +yes\n/);
    expect((await mustType(machine, 'mdev list')).out).toBe('No mediated device exists.\n');
    await mustType(machine, 'assign 110 --yes');
    await machine.must('qm', 'start', '110');
    expect((await mustType(machine, 'mdev list')).out).toMatch(new RegExp(`${UUID} +0000:00:02.0 +i915-GVTg_V5_4 +VM 110 +used`));
    expect(jsonOf(await mustType(machine, 'mdev types --json'))).toMatchObject({
      gpus: [{ apertureMiB: 256, guestsMiB: 128, types: [{ free: 0, existing: 1, usual: false }, { free: 0 }], why: null }],
    });
    expect(jsonOf(await mustType(machine, 'assignments --json')).assignments).toMatchObject([
      { vmid: 110, form: 'mdev', pool: 'igpu-mdev', holds: [UUID], ours: true },
    ]);
    await machine.must('qm', 'stop', '110');
    await mustType(machine, 'unassign 110 --yes');
    expect(machine.mapping()).toBe('');
  });

  test.each([
    ['assign 110 --display ramfb,1x1 --yes', 2, '"ramfb,1x1" is no display for a mediated device.'],
    ['assign 110 --display ramfb,99999x100 --yes', 2, '"ramfb,99999x100" is no display for a mediated device.'],
    ['assign 110 --display vnc --yes', 2, '"vnc" is no display for a mediated device.'],
    ['assign 110 --type V5_4 --mode sriov --yes', 2, '--type goes with --mode gvt-g alone.'],
    ['assign 110 --type V5_4 --primary --yes', 2, /no VGA part/],
    ['assign 110 --type V5_4 --vf 1 --yes', 2, /either a VF or a mediated device/],
    ['assign 110 --type V5_2 --yes', 6, /takes 256 MB of aperture/],
    ['assign 110 --type $(reboot) --yes', 6, 'no mediated device type "$(reboot)".'],
    ['assign 110 --type V5_4 --rom none.rom --yes', 1, /There is no \/usr\/share\/kvm\/none.rom/],
    ['mdev clean nonsense --yes', 2, 'There is no mediated device nonsense on this node.'],
    ['mdev clean ../../x --yes', 2, 'There is no mediated device ../../x on this node.'],
    ['mdev types --gpu 03:00.0', 6, 'There is no Intel GPU at 0000:03:00.0.'],
  ] as const)('%s', async (line, code, message) => {
    const machine = coffeeLake();
    const before = wholeTree(machine);
    const ran = await typed(machine, line);
    expect([ran.code, sentence(ran)]).toEqual([
      code,
      message instanceof RegExp ? expect.stringMatching(message) : expect.stringContaining(message),
    ]);
    expect(wholeTree(machine)).toEqual(before);
  });

  test('where there is no GVT-g the reason is said, and nothing fails', async () => {
    const { code, out } = await typed(raptorLake(), 'mdev types');
    expect([code, out]).toEqual([0, expect.stringContaining('GVT-g does not support')]);
    const untouched = await mustType(simulated('comet-lake'), 'mdev types');
    expect(untouched.out).toContain('pveigpu apply gvt-g');
  });

  test('GuC in the way is said by name', async () => {
    const machine = simulated('comet-lake');
    machine.node.machine.tree.setFile('/etc/modprobe.d/i915.conf', 'options i915 enable_gvt=1 enable_guc=3\n');
    machine.node.machine.tree.setFile('/etc/modules', 'kvmgt\n');
    await machine.must('update-initramfs', '-u');
    expect(await machine.node.reboot()).toMatchObject({ booted: true });
    const ran = await typed(machine, 'assign 101 --mode gvt-g --yes');
    expect([ran.code, ran.err]).toEqual([6, expect.stringContaining('GuC submission is on, and GVT-g does not work with it.')]);
    expect(ran.err).toContain('pveigpu apply gvt-g');
  });

  test('the pool from the settings, which is one of VFs, is not used', async () => {
    const machine = coffeeLake();
    machine.node.machine.tree.setFile('/etc/pveigpu/pveigpu.conf', '[assign]\npool = mine\n');
    await mustType(machine, 'assign 110 --mode gvt-g --yes');
    expect(machine.config(110)).toContain('hostpci0: mapping=igpu-mdev,');
    await mustType(machine, 'assign 111 --type V5_8 --pool other --yes');
    expect(machine.config(111)).toContain('hostpci0: mapping=other,mdev=i915-GVTg_V5_8');
  });

  test('the mapping is made true by pool sync and after a boot, and removed only when nobody uses it', async () => {
    const machine = coffeeLake();
    await mustType(machine, 'assign 110 --yes');
    const right = machine.mapping();
    const wrong = () =>
      machine.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', right.replace(/iommugroup=\d+/, 'iommugroup=77'), {
        mode: 0o640,
        gid: 33,
      });
    wrong();
    expect((await machine.run('qm', 'start', '110')).text).toContain("'iommugroup' does not match");
    await mustType(machine, 'pool sync igpu-mdev --yes');
    expect(machine.mapping()).toBe(right);
    wrong();
    expect(await bootPools(machine.context)).toBe('done');
    expect(machine.mapping()).toBe(right);
    expect((await typed(machine, 'pool remove igpu-mdev --yes')).code).toBe(5);
    await machine.must('qm', 'set', '110', '--delete', 'hostpci0');
    await mustType(machine, 'pool remove igpu-mdev --yes');
    expect(machine.mapping()).toBe('');
  });
});
