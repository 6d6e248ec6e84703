// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/adapters/host-capture.ts';
import { recordCapture } from '../../src/app/capture.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, sentence, typed, wholeTree } from './command-line.ts';
import { withBlacklist, withoutItsVfs } from './sick-machine.ts';

const VF = '/sys/bus/pci/devices/0000:00:02.7';

describe('doctor --fix', () => {
  test('shows the plan of each remedy, asks, and looks again', async () => {
    const machine = await withoutItsVfs();
    const { code, out } = await typed(machine, 'doctor --fix', { answer: 'yes' });
    expect(out).toContain('VFs are wanted and do not exist (0000:00:02.0): pveigpu vf create --gpu 0000:00:02.0\n');
    expect(out).toContain('0000:00:02.0/sriov_numvfs = 7');
    expect(out).toMatch(/\nhealthy: /);
    expect(code).toBe(0);
    expect((await machine.node.stat(VF)).kind).toBe('content');
  });

  test('changes nothing for a no, nor with --dry-run, nor where nobody answers', async () => {
    const machine = await withoutItsVfs();
    const before = wholeTree(machine);
    for (const [line, answer, code] of [
      ['doctor --fix', 'no', 1],
      ['doctor --fix --dry-run', null, 1],
      ['doctor --fix', null, 1],
      ['doctor --fix --json', null, 1],
    ] as const) {
      const ran = await typed(machine, line, { answer });
      expect({ line, answer, code: ran.code }).toEqual({ line, answer, code });
      expect(wholeTree(machine)).toEqual(before);
    }
  });

  test('with --json it prints one value, which says what was run', async () => {
    const machine = await withoutItsVfs();
    const ran = await typed(machine, 'doctor --fix --yes --json');
    expect(ran.code).toBe(0);
    expect(jsonOf(ran)).toMatchObject({
      kind: 'doctor',
      answer: 'healthy',
      fixes: [{ id: 'vf.gone', arguments: ['vf', 'create', '--gpu', '0000:00:02.0'], exitCode: 0 }],
    });
  });

  test('a remedy that needs a boot is the last one until then; after it the node is healthy', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    expect((await typed(machine, 'apply sriov --yes')).code).toBe(4);
    await machine.node.reboot();
    expect((await typed(machine, 'confirm --yes')).code).toBe(0);
    machine.node.machine.tree.remove('/etc/modprobe.d/pveigpu.conf');
    await machine.must('update-initramfs', '-u', '-k', 'all');
    await machine.node.reboot();
    expect((await typed(machine, 'doctor')).code).toBe(1);
    const ran = await typed(machine, 'doctor --fix', { answer: 'yes' });
    expect([ran.code, ran.out]).toEqual([4, expect.stringMatching(/\nReboot, then run pveigpu doctor again\.\n$/)]);
    await machine.node.reboot();
    expect((await typed(machine, 'doctor')).code).toBe(0);
  });

  test('a line of a guide that breaks the mode is switched off', async () => {
    const machine = await withBlacklist();
    const { out } = await typed(machine, 'doctor --fix', { answer: 'yes' });
    expect(out).toContain('pveigpu apply sriov --gpu 0000:00:02.0 --force\n');
    expect(machine.node.machine.tree.text('/etc/modprobe.d/pve-blacklist.conf')).toBe(
      '# pveigpu: blacklist i915\nblacklist xe\n',
    );
  });

  test('is quick where nothing is wrong', async () => {
    const machine = simulated('jasper-lake');
    const before = wholeTree(machine);
    expect((await typed(machine, 'doctor --fix --yes')).code).toBe(0);
    expect(wholeTree(machine)).toEqual(before);
  });

  test('a capture is not mended', async () => {
    const machine = await withoutItsVfs();
    const opened = openCapture((await recordCapture(machine.context.host)).text, 'capture:box');
    if (!opened.ok) throw new Error(opened.problem.message);
    const ran = await typed({ context: { ...machine.context, host: opened.value } }, 'doctor --fix --yes');
    expect([ran.code, sentence(ran)]).toEqual([6, 'capture:box is only read, so nothing can be mended there.']);
  });
});
