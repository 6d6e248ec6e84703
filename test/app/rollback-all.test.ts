// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { awaitsReboot } from '../../src/app/engine/pending-file.ts';
import { readLedger } from '../../src/app/engine/state-files.ts';
import { EMPTY_LEDGER } from '../../src/core/plan/ledger.ts';
import { mustType, typed } from '../cli/command-line.ts';
import { files, must } from './power-cut-setup.ts';
import { type Simulated, simulated } from './simulated.ts';

const BACK = 'rollback --all --yes --force';

async function expectForgotten(machine: Simulated): Promise<void> {
  expect({ ...must(await readLedger(machine.node)), lastRun: 0 }).toEqual(EMPTY_LEDGER);
}

describe('everything is taken back, and nothing else', () => {
  test('what somebody assigned by hand stays, with --force too', async () => {
    const machine = simulated('raptor-lake-s');
    await mustType(machine, 'assign 103 --yes');
    await machine.must('qm', 'set', '103', '--hostpci5', '0000:00:02.7');
    await mustType(machine, BACK);
    expect(machine.config(103)).toContain('hostpci5: 0000:00:02.7\n');
    expect(machine.config(103)).not.toContain('hostpci0');
    await expectForgotten(machine);
  });

  test('of a guest that was destroyed nothing is left: no hookscript, pool, sign or note', async () => {
    const machine = simulated('raptor-lake-s');
    await machine.must('qm', 'set', '103', '--delete', 'onboot').catch(() => undefined);
    const before = files(machine);
    await mustType(machine, 'assign 103 --hook --yes');
    await machine.must('qm', 'destroy', '103');
    const { out } = await mustType(machine, 'unassign 103 --yes');
    expect(out).toContain('tidy up after VM 103, which is gone');
    const { '/etc/pve/nodes/pve/qemu-server/103.conf': _gone, '/etc/pve/.vmlist': _list, ...rest } = before;
    const { '/etc/pve/.vmlist': _now, ...after } = files(machine);
    expect(after).toEqual(rest);
    await expectForgotten(machine);
    expect((await typed(machine, 'unassign 103 --yes')).err).toContain('There is no guest 103 on pve.');
  });

  test('a new guest with the number of one that was destroyed keeps what it has', async () => {
    const machine = simulated('raptor-lake-s');
    await mustType(machine, 'assign 103 --hook --yes');
    await machine.must('qm', 'destroy', '103');
    const text = 'cores: 1\nhostpci0: 0000:01:00.0\nmemory: 64\nname: another\nostype: l26\n';
    machine.writeConfig(103, text);
    await mustType(machine, BACK);
    expect(machine.config(103)).toBe(text);
    expect(machine.mapping()).toBe('');
    await expectForgotten(machine);
  });

  test('a guest whose entry somebody took away is forgotten', async () => {
    const machine = simulated('raptor-lake-s');
    await mustType(machine, 'assign 103 --yes');
    await machine.must('qm', 'set', '103', '--delete', 'hostpci0');
    await mustType(machine, BACK);
    await expectForgotten(machine);
  });

  test('a guest that lost its power before its change was applied does not keep the pool', async () => {
    const machine = simulated('raptor-lake-s');
    await mustType(machine, 'pool create mine --yes').catch(() => undefined);
    await mustType(machine, 'assign 103 --pool mine --yes');
    await machine.must('qm', 'start', '103');
    await mustType(machine, 'unassign 103 --yes');
    await machine.node.reboot();
    expect(machine.config(103)).toMatch(/\[PENDING\]\ndelete: hostpci0/);
    await mustType(machine, BACK);
    expect(machine.mapping()).toBe('');
    await machine.must('qm', 'start', '103');
    expect(machine.config(103)).not.toContain('hostpci0');
  });

  test('with two GPUs set up, the reboot that one needs is still awaited when the other was given back', async () => {
    const machine = simulated('arc-pro');
    const before = files(machine);
    expect((await typed(machine, 'apply gvt-d --gpu 0000:00:02.0 --yes')).code).toBe(4);
    await machine.node.reboot();
    await mustType(machine, 'apply sriov --gpu 0000:03:00.0 --yes');
    const back = await typed(machine, BACK);
    expect([back.code, machine.node.machine.kernel.driverOf('0000:00:02.0')]).toEqual([4, 'vfio-pci']);
    expect(await awaitsReboot(machine.node)).toBe(true);
    // The kernel to fall back on has nothing of ours any more either.
    const initramfs = (all: { readonly [path: string]: string }) =>
      Object.entries(all).filter(([path]) => path.startsWith('/boot/initrd'));
    expect(initramfs(files(machine))).toEqual(initramfs(before));
    await machine.node.reboot();
    expect([await awaitsReboot(machine.node), machine.node.machine.kernel.driverOf('0000:00:02.0')]).toEqual([false, 'i915']);
  });
});

test('a guest whose VFs are not there now is named before their GPU leaves the mode', async () => {
  const machine = simulated('raptor-lake-s');
  await typed(machine, 'apply sriov --yes');
  await mustType(machine, 'assign 103 --yes');
  expect(machine.node.machine.kernel.write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '0')).toBe('ok');
  const refused = await typed(machine, 'apply host --yes');
  expect([refused.code, refused.out]).toEqual([5, expect.stringContaining('VM 103 has a VF from a pool (hostpci0)')]);
});
