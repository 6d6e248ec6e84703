// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { holdLock, RESERVATION_LOCK } from '../../../src/simulator/pve/guest-state.ts';
import { Session } from '../../../src/simulator/pve/session.ts';
import { backupStoppedVm, killGuest, startGuestsAtBoot } from '../../../src/simulator/pve/stop-vm.ts';
import { lab, ok, reservations, vm } from './lab.ts';

const HOOK = 'hookscript: local:snippets/hook.sh';

/** A hook that writes its phases down. */
function phases(exitCode = 0) {
  const seen: string[] = [];
  return {
    seen,
    run: async ({ vmid, phase }: { vmid: number; phase: string }) => {
      seen.push(`${vmid} ${phase}`);
      return { exitCode: phase === 'pre-start' ? exitCode : 0, stdout: '', stderr: '' };
    },
  };
}

describe('starting and stopping', () => {
  test('sixteen starts at once: each VF goes to one guest, the others are refused', async () => {
    const vms = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [String(101 + at), vm('hostpci0: mapping=igpu')]));
    const { machine } = lab(vms);
    const answers = await Promise.all(Object.keys(vms).map((vmid) => machine.run(['qm', 'start', vmid])));
    expect(answers.filter(({ exitCode }) => exitCode === 0)).toHaveLength(7);
    expect(answers.filter(({ stderr }) => stderr === "could not find a free device for 'hostpci0'\n")).toHaveLength(9);
    expect(new Set(Object.values(reservations(machine))).size).toBe(7);
    const open = machine.kernel.processes().flatMap((process) => process.open.filter((path) => /vfio\/\d/.test(path)));
    expect([...open].sort()).toEqual(Array.from({ length: 7 }, (_, at) => `/dev/vfio/${20 + at}`));
  });

  test('a failing pre-start hook stops the start before any device is touched, without post-stop', async () => {
    const hook = phases(1);
    const { machine } = lab({ 101: vm(HOOK, 'hostpci0: 0000:00:02.1') }, hook.run);
    const answer = await machine.run(['qm', 'start', '101']);
    expect(answer.exitCode).toBe(255);
    expect(answer.stderr).toMatch(/^hookscript error for 101 on pre-start: command .* failed: exit code 1/);
    expect(machine.kernel.driverOf('0000:00:02.1')).toBe('i915');
    expect(hook.seen).toEqual(['101 pre-start']);
  });

  test('a hook that makes the VFs lets a start succeed that showcmd refuses', async () => {
    const node = lab({ 101: vm(HOOK, 'hostpci0: mapping=igpu') }, async ({ machine, phase }) => {
      if (phase === 'pre-start') machine.kernel.write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '7');
      return { exitCode: 0, stdout: '', stderr: '' };
    });
    const { machine } = node;
    machine.kernel.write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '0');
    const shown = await machine.run(['qm', 'showcmd', '101']);
    expect(shown.stderr).toBe("PCI device mapping invalid (hardware probably changed): pci device '0000:00:02.1' not found\n\n");
    await ok(machine, 'qm', 'start', '101');
    expect(reservations(machine)).toEqual({ '0000:00:02.1': '101' });
  });

  test('a backup of a stopped VM starts it paused, with all hooks, and gives its VF back', async () => {
    const hook = phases();
    const { machine } = lab({ 101: vm(HOOK, 'hostpci0: mapping=igpu', 'lock: backup') }, hook.run);
    await backupStoppedVm(new Session(machine, 'api'), 101);
    expect(hook.seen).toEqual(['101 pre-start', '101 post-start', '101 pre-stop', '101 post-stop']);
    expect(reservations(machine)).toEqual({});
  });

  test('a guest that dies gets post-stop once, and its pending changes wait for the next start', async () => {
    const hook = phases();
    const { machine } = lab({ 101: vm(HOOK, 'hostpci0: mapping=igpu') }, hook.run);
    await ok(machine, 'qm', 'start', '101');
    await ok(machine, 'qm', 'set', '101', '--args', '-no-user-config');
    await killGuest(machine, 101);
    await ok(machine, 'qm', 'stop', '101');
    expect(hook.seen).toEqual(['101 pre-start', '101 post-start', '101 post-stop']);
    expect(await ok(machine, 'qm', 'pending', '101')).toMatch(/^new args: /);
    await ok(machine, 'qm', 'start', '101');
    expect(await ok(machine, 'qm', 'pending', '101')).toMatch(/^cur args: /);
  });

  test('a reservation whose guest is gone is taken, one with a time to come is not', async () => {
    const { machine } = lab({ 101: vm('hostpci0: 0000:00:02.1'), 102: vm() });
    const file = '/run/qemu-server/pci-id-reservations';
    machine.tree.setFile(file, `0000:00:02.1 102 time:${Math.floor(machine.nowMs() / 1000) + 60}\n`);
    expect((await machine.run(['qm', 'start', '101'])).stderr).toBe(
      "PCI device '0000:00:02.1' is currently reserved for use by VMID '102'\n",
    );
    machine.tree.setFile(file, '0000:00:02.1 102 pid:4242\n');
    expect(await ok(machine, 'qm', 'start', '101')).toBe('leftover PCI reservation found for 0000:00:02.1, lets take it...\n');
  });

  test("a start waits for whoever holds PVE's reservation lock, and gives up", async () => {
    const node = lab({ 101: vm('hostpci0: mapping=igpu') });
    const held = await node.lock(RESERVATION_LOCK, { timeoutMs: 1000 });
    if (!held.ok) throw new Error(held.problem.message);
    const answer = await node.machine.run(['qm', 'start', '101']);
    expect([answer.exitCode, answer.stderr]).toEqual([255, `can't lock file '${RESERVATION_LOCK}' - got timeout\n`]);
    const start = node.machine.run(['qm', 'start', '101']);
    await held.value.release();
    expect((await start).exitCode).toBe(0);
  });

  test('with autoprobe off PVE cannot bind a VF that has no override: new_id does not help there', async () => {
    const { machine } = lab({ 101: vm('hostpci0: 0000:00:02.1') });
    const pf = '/sys/bus/pci/devices/0000:00:02.0';
    for (const [file, value] of [
      ['sriov_numvfs', '0'],
      ['sriov_drivers_autoprobe', '0'],
      ['sriov_numvfs', '7'],
    ] as const)
      expect(machine.kernel.write(`${pf}/${file}`, value)).toBe('ok');
    // Kernel drivers/pci/pci-driver.c, pci_device_can_probe; the words are those that PVE prints of any refused bind.
    expect(await machine.run(['qm', 'start', '101'])).toEqual({
      exitCode: 255,
      stdout: "error writing '0000:00:02.1' to '/sys/bus/pci/drivers/vfio-pci/bind': No such device\n",
      stderr: 'Cannot bind 0000:00:02.1 to vfio\n',
    });
    expect(machine.kernel.write('/sys/bus/pci/devices/0000:00:02.1/driver_override', 'vfio-pci')).toBe('ok');
    await ok(machine, 'qm', 'start', '101');
    expect(machine.kernel.driverOf('0000:00:02.2')).toBeNull();
  });

  test('an address without a function is the PF too: its VFs vanish, and the start fails on them', async () => {
    const { machine } = lab({ 101: vm('hostpci0: 00:02') });
    const { stderr } = await machine.run(['qm', 'start', '101']);
    expect(stderr).toBe("no pci device info for device '0000:00:02.1'\n");
    expect([machine.kernel.driverOf('0000:00:02.0'), reservations(machine)]).toEqual(['vfio-pci', {}]);
  });

  test('the PF passed on while a guest has a VF hangs in the kernel, and keeps the lock', async () => {
    const { machine } = lab({ 101: vm('hostpci0: 0000:00:02.0'), 102: vm('hostpci0: 0000:00:02.1') });
    await ok(machine, 'qm', 'start', '102');
    expect((await machine.run(['qm', 'start', '101'])).exitCode).toBe(137);
    expect((await machine.run(['qm', 'set', '101', '--tags', 'x'])).exitCode).toBe(4);
  });

  test('a reboot frees everything, and guests with onboot start in their order', async () => {
    const hook = phases();
    const node = lab(
      {
        101: vm(HOOK, 'onboot: 1'),
        102: vm(HOOK, 'onboot: 1', 'startup: order=1'),
        103: vm(HOOK),
        104: vm('onboot: 1', 'hostpci0: mapping=igpu'),
      },
      hook.run,
    );
    holdLock(node.machine, '/var/lock/qemu-server/lock-101.conf');
    await ok(node.machine, 'qm', 'start', '103');
    await node.reboot();
    expect(await ok(node.machine, 'qm', 'status', '103')).toBe('status: stopped\n');
    hook.seen.length = 0;
    const failures = await startGuestsAtBoot(node.machine);
    expect(hook.seen).toEqual(['102 pre-start', '102 post-start', '101 pre-start', '101 post-start']);
    // Nobody has made the VFs again, so the pool is not valid.
    expect(failures).toEqual([
      "VM 104: PCI device mapping invalid (hardware probably changed): pci device '0000:00:02.1' not found",
    ]);
  });
});
