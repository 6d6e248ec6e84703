// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { parseMembers, parseVmlist } from '../../../src/core/platform/cluster-files.ts';
import { installPve } from '../../../src/simulator/pve/programs.ts';
import { lab, ok, vm } from './lab.ts';

describe('the file trees of Proxmox VE', () => {
  const { machine } = lab({ 101: vm(), 102: vm() });
  const { tree } = machine;

  test('links, folders and versions stand where PVE has them', () => {
    expect(tree.text('/etc/pve/qemu-server/101.conf')).toBe(tree.text('/etc/pve/local/qemu-server/101.conf'));
    expect(tree.names('/etc/pve/lxc')).toEqual([]);
    expect(tree.names('/var/run/qemu-server')).toEqual([]);
    expect(tree.text('/var/lib/dpkg/status')).toContain('Package: pve-manager\nStatus: install ok installed\n');
    expect(tree.text('/var/lib/dpkg/status')).toContain('Package: pve-qemu-kvm\n');
  });

  test('the virtual files are true and can be read', async () => {
    expect(parseMembers(tree.text('/etc/pve/.members') ?? '')).toMatchObject({
      ok: true,
      value: { nodeName: 'pve', quorate: true },
    });
    const before = parseVmlist(tree.text('/etc/pve/.vmlist') ?? '');
    expect(before.ok && JSON.stringify(before.value)).toContain('102');
    await ok(machine, 'qm', 'destroy', '102');
    const after = parseVmlist(tree.text('/etc/pve/.vmlist') ?? '');
    expect(after.ok && JSON.stringify(after.value)).not.toContain('102');
  });

  test('installing again changes nothing: a destroyed guest does not come back', () => {
    const before = JSON.stringify([...tree.walk('/etc/pve')]);
    installPve(machine);
    expect(JSON.stringify([...tree.walk('/etc/pve')])).toBe(before);
    expect(tree.get('/etc/pve/qemu-server/102.conf')).toBeUndefined();
  });
});
