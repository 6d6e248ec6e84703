// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { VF_BOOT_UNIT_NAME, vfBootUnit } from '../../src/core/boot/vf-boot-unit.ts';
import { VF_UDEV_RULE } from '../../src/core/boot/vf-udev-rule.ts';
import { type Simulated, simulated } from './simulated.ts';

const PF = '0000:00:02.0';

/** A node whose user asked for VFs, with our unit enabled and a guest with the first VF that starts at boot. */
async function prepared(): Promise<Simulated> {
  const node = simulated('raptor-lake-s');
  const { tree } = node.node.machine;
  const gpus = { [`${PF} 8086:a780 1458:d000`]: { mode: 'sriov', numVfs: 3 } };
  tree.setFile('/var/lib/pveigpu/desired.json', JSON.stringify({ format: 1, gpus }));
  tree.setFile(`/etc/systemd/system/${VF_BOOT_UNIT_NAME}`, vfBootUnit('/usr/bin/pveigpu'));
  tree.setFile('/etc/udev/rules.d/90-pveigpu.rules', VF_UDEV_RULE);
  await node.must('systemctl', 'enable', VF_BOOT_UNIT_NAME);
  return node;
}

const vfs = (node: Simulated) =>
  (node.node.machine.tree.names(`/sys/bus/pci/devices/${PF}`) ?? []).filter((name) => name.startsWith('virtfn')).length;

test('the enabled unit makes the VFs before guests start, and says so in the journal', async () => {
  const node = await prepared();
  await node.must('qm', 'set', '101', '--hostpci0', '0000:00:02.1', '--onboot', '1', '--delete', 'hookscript');
  expect(await node.node.reboot({ startGuests: true })).toEqual({ booted: true });
  expect(vfs(node)).toBe(3);
  expect(node.held()).toContain('0000:00:02.1 101');
  const said = await node.must('journalctl', '-u', VF_BOOT_UNIT_NAME, '-b', '--no-pager', '-o', 'cat');
  expect(said).toContain('pveigpu: The GPU 0000:00:02.0 has 3 VFs, ready for guests.');
  expect((await node.run('systemctl', 'is-active', VF_BOOT_UNIT_NAME)).text).toBe('inactive\n');
});

test('a disabled unit makes none', async () => {
  const node = await prepared();
  await node.must('systemctl', 'disable', VF_BOOT_UNIT_NAME);
  await node.node.reboot();
  expect(vfs(node)).toBe(0);
});

test('when the driver of the GPU comes back, udev brings the VFs back', async () => {
  const node = await prepared();
  await node.node.reboot();
  await node.node.poke('/sys/bus/pci/drivers/i915/unbind', PF);
  expect(vfs(node)).toBe(0);
  await node.node.poke('/sys/bus/pci/drivers/i915/bind', PF);
  await node.node.settled();
  expect(vfs(node)).toBe(3);
});
