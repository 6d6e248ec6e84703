// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { lab, ok, vm } from './lab.ts';

describe("QEMU's own refusals", () => {
  test.each([
    ['-set device.hostpci0.x-igd-opregion=on', undefined],
    ['-set device.hostpci0.x-nonsense=on', "Property 'vfio-pci.x-nonsense' not found"],
    ['-set device.hostpci1.x-igd-opregion=on', 'there is no device "hostpci1" defined'],
    ['-readconfig /run/none.cfg', "Could not open '/run/none.cfg': No such file or directory"],
    ['-frob', '-frob: invalid option'],
  ])('args: %s', async (args, message) => {
    const { machine } = lab({ 101: vm(`args: ${args}`, 'hostpci0: 0000:00:02.1') });
    const { exitCode, stdout, stderr } = await machine.run(['qm', 'start', '101']);
    expect(exitCode).toBe(message === undefined ? 0 : 255);
    if (message === undefined) return;
    expect(stdout).toContain(message);
    expect(stderr).toBe('start failed: QEMU exited with code 1\n');
    expect(machine.tree.text('/run/qemu-server/pci-id-reservations')).toBe('');
  });

  test('driver=keep with a driver that is not VFIO, and a missing ROM', async () => {
    const { machine } = lab({
      101: vm('hostpci0: 0000:00:02.1,driver=keep'),
      102: vm('hostpci0: 0000:00:02.2,romfile=none.rom'),
    });
    expect((await machine.run(['qm', 'start', '101'])).stdout).toContain('error getting device from group 20: No such device');
    expect((await machine.run(['qm', 'start', '102'])).stdout).toContain('failed to find romfile "/usr/share/kvm/none.rom"');
  });

  test('a device that only args pass on is not reserved, and keeps its group busy', async () => {
    const { machine } = lab({
      101: vm('args: -device vfio-pci,host=0000:00:02.1,id=gpu'),
      102: vm('hostpci0: 0000:00:02.1'),
    });
    expect((await machine.run(['qm', 'start', '101'])).exitCode).toBe(255);
    machine.kernel.modprobe('vfio-pci');
    machine.kernel.write('/sys/bus/pci/devices/0000:00:02.1/driver_override', 'vfio-pci');
    machine.kernel.write('/sys/bus/pci/devices/0000:00:02.1/driver/unbind', '0000:00:02.1');
    machine.kernel.write('/sys/bus/pci/drivers_probe', '0000:00:02.1');
    await ok(machine, 'qm', 'start', '101');
    expect((await machine.run(['qm', 'start', '102'])).stdout).toContain('failed to open /dev/vfio/20: Device or resource busy');
  });

  test('a machine type newer than QEMU is refused by PVE itself', async () => {
    const { machine } = lab({ 101: vm('machine: pc-q35-99.0') });
    expect((await machine.run(['qm', 'start', '101'])).stderr).toMatch(/^Installed QEMU version '11.0.2' is too old/);
  });
});
