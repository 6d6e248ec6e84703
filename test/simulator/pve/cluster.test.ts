// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { moveVm } from '../../../src/simulator/pve/guest-files.ts';
import { addClusterNode } from '../../../src/simulator/pve/install.ts';
import { lab, ok, vm } from './lab.ts';

describe('the cluster', () => {
  test('without quorum nothing is written and nothing starts, and .members says so', async () => {
    const { machine } = lab({ 101: vm() });
    const before = machine.tree.text('/etc/pve/qemu-server/101.conf');
    machine.quorate = false;
    expect(machine.tree.text('/etc/pve/.members')).toContain('"quorate": 0');
    expect((await machine.run(['qm', 'start', '101'])).stderr).toBe('cluster not ready - no quorum?\n');
    const set = await machine.run(['qm', 'set', '101', '--tags', 'x']);
    expect([set.exitCode, set.stderr]).toEqual([
      13,
      "unable to open file '/etc/pve/nodes/pve/qemu-server/101.conf.tmp.4242' - Permission denied\n",
    ]);
    const removed = await machine.run(['pvesh', 'delete', '/cluster/mapping/pci/igpu']);
    expect(removed.stderr).toContain('no quorum!');
    expect(machine.tree.text('/etc/pve/qemu-server/101.conf')).toBe(before);
    machine.quorate = true;
    await ok(machine, 'qm', 'start', '101');
  });

  test('a stopped guest with a mapped slice moves to another node and back; one with a raw device does not', async () => {
    const { machine } = lab({ 101: vm('hostpci0: mapping=igpu'), 102: vm('hostpci0: 0000:00:02.1') });
    addClusterNode(machine, 'other');
    await ok(machine, 'qm', 'migrate', '101', 'other');
    expect((await machine.run(['qm', 'start', '101'])).exitCode).toBe(255);
    expect(machine.tree.text('/etc/pve/.vmlist')).toContain('"101": {"node":"other"');
    moveVm(machine, 101, 'other', 'pve');
    await ok(machine, 'qm', 'start', '101');
    expect((await machine.run(['qm', 'migrate', '101', 'other'])).exitCode).toBe(255);
    expect((await machine.run(['qm', 'migrate', '102', 'other'])).stderr).toBe(
      "can't migrate VM which uses local devices: hostpci0\n",
    );
  });

  test('a clone keeps hook, args, passthrough and tags, and gets its own ids', async () => {
    const { machine } = lab({
      101: vm('args: -S', 'hookscript: local:snippets/hook.sh', 'hostpci0: mapping=igpu', 'tags: a', 'vmgenid: x'),
    });
    await ok(machine, 'qm', 'clone', '101', '201');
    const config = await ok(machine, 'qm', 'config', '201');
    expect(config.replace(/vmgenid: .*/, 'vmgenid: new')).toBe(
      'args: -S\nhookscript: local:snippets/hook.sh\nhostpci0: mapping=igpu\nname: Copy-of-VM-t\ntags: a\nvmgenid: new\n',
    );
    expect(config).not.toContain('vmgenid: x');
    expect((await machine.run(['qm', 'clone', '101', '201'])).exitCode).toBe(255);
  });

  test('containers: a device that is not there stops the start, hooks run around a good one', async () => {
    const phases: string[] = [];
    const { machine } = lab({}, async ({ phase }) => {
      phases.push(phase);
      return { exitCode: 0, stdout: '', stderr: '' };
    });
    const file = '/etc/pve/lxc/200.conf';
    machine.tree.setFile(file, 'arch: amd64\ndev0: /dev/dri/renderD200\nhookscript: local:snippets/hook.sh\n');
    expect((await machine.run(['pct', 'start', '200'])).stderr).toBe('Device /dev/dri/renderD200 does not exist\n');
    await ok(machine, 'pct', 'set', '200', '--delete', 'dev0');
    await ok(machine, 'pct', 'start', '200');
    expect(await ok(machine, 'pct', 'status', '200')).toBe('status: running\n');
    await ok(machine, 'pct', 'stop', '200');
    expect(await ok(machine, 'pct', 'status', '200')).toBe('status: stopped\n');
    expect(phases).toEqual(['pre-start', 'post-start', 'pre-stop', 'post-stop']);
  });
});
