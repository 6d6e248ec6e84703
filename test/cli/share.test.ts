// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { simulated } from '../app/simulated.ts';
import { typed } from './command-line.ts';

describe('containers on the command line', () => {
  test('assign, assignments, unassign', async () => {
    const machine = simulated('alder-lake-p');
    await machine.must('pct', 'start', '200');
    const assigned = await typed(machine, 'assign 200', { answer: 'yes' });
    expect(assigned).toMatchObject({ code: EXIT.done, err: '' });
    expect(assigned.out).toContain('+dev0: /dev/dri/renderD128,gid=992,mode=0660,uid=0');
    expect(assigned.out).toContain('In container 200 the group render has the id 992.');
    expect((await typed(machine, 'assignments')).out).toMatch(/container 200 +yes +render node +0000:00:02\.0 +- +set +pveigpu/);
    expect((await typed(machine, 'unassign 200 --yes')).code).toBe(EXIT.done);
    expect((await typed(machine, 'assignments')).out).toMatch(/container 200 .* leaving +pveigpu/);
  });

  test('a node that vanished is explained where one looks, and mended by one command', async () => {
    const machine = simulated('alder-lake-p');
    const path = '/etc/pve/nodes/pve/lxc/200.conf';
    const text = machine.node.machine.tree.text(path) ?? '';
    machine.node.machine.tree.setFile(path, text.replace('features', 'dev0: /dev/dri/renderD131,gid=992\nfeatures'), {
      mode: 0o640,
      gid: 33,
    });
    for (const line of ['assignments', 'status']) {
      const { out, code } = await typed(machine, line);
      expect(code).toBe(EXIT.done);
      expect(out).toContain(
        'stale: dev0 of container 200: /dev/dri/renderD131 does not exist now. Proxmox VE does not start container 200, and asks no hookscript before.\n  pveigpu assign 200\n',
      );
    }
    expect((await typed(machine, 'assign 200 --yes')).code).toBe(EXIT.done);
    expect((await typed(machine, 'assignments')).out).not.toContain('stale');
    await machine.must('pct', 'start', '200');
  });

  test('what is for VMs alone is refused, and the other way round', async () => {
    const machine = simulated('alder-lake-p');
    expect(await typed(machine, 'assign 200 --handover --dry-run')).toMatchObject({ code: EXIT.usage });
    expect(await typed(machine, 'assign 101 --gid 104 --dry-run')).toMatchObject({ code: EXIT.usage });
  });
});
