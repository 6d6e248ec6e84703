// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/adapters/host-capture.ts';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import { recordCapture } from '../../src/app/capture.ts';
import type { Diagnosis, DoctorView } from '../../src/core/doctor/doctor-view.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { jsonOf, sentence, typed, wholeTree } from './command-line.ts';
import { setUpNode, withBlacklist, withoutItsVfs, withoutOurSettings } from './sick-machine.ts';

const looked = async (machine: Pick<Simulated, 'context'>, line = 'doctor') =>
  jsonOf(await typed(machine, `${line} --json`)) as unknown as DoctorView;

/** Ids and subjects with what stands below them. */
function brief(all: readonly Diagnosis[]): unknown {
  return all.map(({ id, subject, consequences }) => [id, subject ?? null, brief(consequences)]);
}

test.each(['jasper-lake', 'raptor-lake-s', 'tiger-lake', 'coffee-lake', 'optimus'])(
  '%s, fresh: healthy, in few lines',
  async (profile) => {
    const { code, out, err } = await typed(simulated(profile), 'doctor', { columns: 80 });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^node pve {2}Proxmox VE \S+, kernel \S+\nhealthy: \d+ things were looked for, none is wrong/);
    expect(out.split('\n').length).toBeLessThan(22);
  },
);

test('a node that was set up is healthy, with its guest running too', async () => {
  const machine = await setUpNode();
  expect((await typed(machine, 'doctor')).code).toBe(0);
  await machine.must('qm', 'start', '101');
  expect(await looked(machine, 'doctor --deep')).toMatchObject({ answer: 'healthy', problems: [] });
});

describe('a sick machine', () => {
  test('says first what to do, then what is wrong, and exits 1', async () => {
    const { code, out } = await typed(await withoutItsVfs(), 'doctor', { columns: 80 });
    expect(code).toBe(1);
    expect(out).toMatch(/^node pve .*\n1 problem[ ,].*\n\nDo first: pveigpu vf create --gpu 0000:00:02\.0\n\nVF\n {2}error /);
    expect(out).toContain('run   pveigpu vf create');
    expect(out).toContain('seen  /sys/bus/pci/devices/0000:00:02.0/virtfn*: absent');
    expect(out).toMatch(/hence .*\(vf\.pool-stale\)/);
    expect(out).toContain('FIRMWARE SWITCH');
  });

  test('fits the terminal, addresses of pages aside', async () => {
    const machine = await withBlacklist();
    for (const columns of [80, 120]) {
      const { out } = await typed(machine, 'doctor', { columns });
      const tooLong = out.split('\n').filter((line) => line.length > columns && !line.includes('https://'));
      expect(tooLong).toEqual([]);
    }
  });

  test('has one root, with the rest below it', async () => {
    const { problems } = await looked(await withBlacklist());
    expect(problems.map(({ id }) => id)).toEqual(['leftover.driver-blocked']);
  });

  test('of which a file of ours was removed says so first, and setting the mode up again mends it', async () => {
    const machine = await withoutOurSettings();
    const { problems } = await looked(machine);
    expect(problems.map(({ id }) => id)).toEqual(['boot.own-settings-gone']);
    expect((await typed(machine, 'doctor --fix', { answer: 'yes' })).code).toBe(4);
    expect(machine.node.machine.tree.text('/etc/modprobe.d/pveigpu.conf')).toContain('# Written by pveigpu');
  });

  test('is as sick in a capture, and nothing is written by looking', async () => {
    for (const make of [withoutItsVfs, withBlacklist, withoutOurSettings]) {
      const machine = await make();
      const before = wholeTree(machine);
      const { host, clock } = machine.context;
      const written = await recordCapture(host, { deep: true });
      expect(written.leftOut).toEqual([]);
      const opened = openCapture(written.text, 'capture:box');
      if (!opened.ok) throw new Error(opened.problem.message);
      const captured = { context: { ...machine.context, host: opened.value, pve: new PveCli(opened.value), clock } };
      for (const line of ['doctor', 'doctor --deep']) {
        const [there, here] = [await looked(captured, line), await looked(machine, line)];
        expect(brief(there.problems)).toEqual(brief(here.problems));
        expect(there.unmeasured).toEqual(here.unmeasured);
        expect(there.switches).toEqual(here.switches);
      }
      expect(wholeTree(machine)).toEqual(before);
    }
  });
});

describe('--only', () => {
  test('is about the areas and findings that it names, with their causes and consequences', async () => {
    const machine = await withoutItsVfs();
    expect((await looked(machine, 'doctor --only boot,driver')).problems).toEqual([]);
    expect(brief((await looked(machine, 'doctor --only vf.pool-stale')).problems)).toEqual([
      ['vf.gone', '0000:00:02.0', expect.anything()],
    ]);
    const { looked: few } = await looked(machine, 'doctor --only vf.gone,mdev');
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThan((await looked(machine)).looked);
  });

  test.each(['nonsense', 'vf.nonsense', ',', 'vf,nonsense'])('%s is refused with a sentence', async (what) => {
    const ran = await typed(simulated('jasper-lake'), `doctor --only ${what}`);
    expect([ran.code, sentence(ran)]).toEqual([2, expect.stringMatching(/^".+" is no area and no finding\.$/)]);
  });
});

test.each([/^\/sys\/bus\/pci\/devices$/, /^\/etc\/pve\/nodes/, /^\/var\/lib\/pveigpu/])(
  'where %s cannot be read, nothing is called healthy',
  async (hidden) => {
    const machine = simulated('raptor-lake-s', {
      faults: { errno: (_operation, path) => (hidden.test(path) ? 'EACCES' : undefined) },
    });
    const { code, out } = await typed(machine, 'doctor');
    expect(code).toBe(7);
    expect(out).toContain('nothing found');
    expect(out).not.toContain('healthy');
  },
);

test('why things could not be looked for is said once', async () => {
  const machine = simulated('raptor-lake-s', {
    faults: { errno: (_operation, path) => (path === '/sys/bus/pci/devices' ? 'EACCES' : undefined) },
  });
  const { out } = await typed(machine, 'doctor');
  const lines = out.split('\n').filter((line) => line.startsWith('not known: '));
  expect(lines).toEqual([expect.stringMatching(/\/sys\/bus\/pci\/devices cannot be read \(EACCES\)\. So \d+ things could/)]);
});
