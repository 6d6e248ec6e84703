// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootVfs } from '../../src/app/boot.ts';
import { bootPools } from '../../src/app/boot-pools.ts';
import { planVfRemove } from '../../src/app/vf.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { PANTHER_LAKE } from '../../src/simulator/profiles/newer.ts';
import { Simulated, simulated } from './simulated.ts';

const VF1 = '0000:00:02.1';

function withGuc(version: string): Profile {
  const devices = PANTHER_LAKE.devices.map((device) =>
    device.guc === undefined ? device : { ...device, guc: { ...device.guc, version } },
  );
  return { ...PANTHER_LAKE, devices };
}

const argvOf = async (machine: Simulated, vmid: number) => await machine.must('qm', 'showcmd', String(vmid));

describe('Panther Lake: VFs on xe-vfio-pci', () => {
  test('the guest starts with it, marked for live migration, and everything goes again', async () => {
    const machine = simulated('panther-lake');
    const before = machine.lasting();
    expect((await machine.assign({ vmid: 101 })).ok).toBe(true);
    expect(machine.config(101)).toContain('hostpci0: mapping=igpu-vf,pcie=1,driver=keep');
    expect(machine.mapping()).toContain('\tlive-migration-capable 1\n');
    expect(machine.node.machine.kernel.driverOf(VF1)).toBe('xe-vfio-pci');
    await machine.must('qm', 'start', '101');
    expect(await argvOf(machine, 101)).toContain('enable-migration=on');
    expect(machine.node.machine.kernel.driverOf(VF1)).toBe('xe-vfio-pci');
    await machine.must('qm', 'stop', '101');
    expect((await machine.unassign(101)).ok).toBe(true);
    expect((await machine.carryOut(async () => await planVfRemove(machine.context, {}))).ok).toBe(true);
    expect(machine.lasting()).toEqual(before);
  });

  test('with firmware that cannot save a VF the pool is not marked, and the guest starts all the same', async () => {
    const machine = new Simulated(withGuc('70.49.4'));
    const done = await machine.assign({ vmid: 101 });
    expect(
      done.ok &&
        done.value
          .at(-1)
          ?.remarks.map(({ text }) => text)
          .join(' '),
    ).toContain('GuC firmware of the GPU is 70.49');
    expect(machine.mapping()).not.toContain('live-migration-capable');
    await machine.must('qm', 'start', '101');
  });

  test('a mark that is in vain keeps guests from starting; a pool of ours loses it after the boot', async () => {
    const machine = new Simulated(withGuc('70.49.4'));
    expect((await machine.assign({ vmid: 101 })).ok).toBe(true);
    const marked = machine.mapping().replace(/\n\n$/, '\n\tlive-migration-capable 1\n\n');
    machine.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', marked, { mode: 0o640, gid: 33 });
    const refused = await machine.run('qm', 'start', '101');
    expect([refused.exitCode, refused.text]).toEqual([255, expect.stringContaining('VFIO migration is not supported in kernel')]);
    expect(await bootPools(machine.context)).toBe('done');
    expect(machine.mapping()).not.toContain('live-migration-capable');
    await machine.must('qm', 'start', '101');
  });

  test.each(['the hookscript', 'the boot'])('a VF that somebody put on vfio-pci comes back by %s', async (way) => {
    const machine = simulated('panther-lake');
    expect((await machine.assign({ vmid: 101, hook: way === 'the hookscript' })).ok).toBe(true);
    const { kernel } = machine.node.machine;
    await machine.must('modprobe', 'vfio-pci');
    for (const [path, value] of [
      [`/sys/bus/pci/devices/${VF1}/driver_override`, 'vfio-pci'],
      ['/sys/bus/pci/drivers/xe-vfio-pci/unbind', VF1],
      ['/sys/bus/pci/drivers_probe', VF1],
    ] as const)
      kernel.write(path, value);
    expect(kernel.driverOf(VF1)).toBe('vfio-pci');
    if (way === 'the boot') expect(await bootVfs(machine.context)).toMatchObject([{ ready: true, vfs: 7 }]);
    await machine.must('qm', 'start', '101');
    expect(machine.held()).toEqual([`${VF1} 101`]);
    expect(kernel.driverOf(VF1)).toBe('xe-vfio-pci');
  });
});
