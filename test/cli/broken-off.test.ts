// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, sentence, typed } from './command-line.ts';

class PowerCut extends Error {}

const READS = /^(read|readBytes|readLink|list|stat)$/;
const LINE = 'assign 101 --vf 3 --yes';

/** A node on which the n-th operation that may change something does not come back; mended, all goes well again. */
function cutAt(nth: number) {
  const state = { count: 0, mended: false };
  const beforeOperation = (operation: string) => {
    if (state.mended || READS.test(operation)) return;
    state.count += 1;
    if (state.count === nth) throw new PowerCut('cut');
  };
  return { machine: simulated('raptor-lake-s', { faults: { beforeOperation } }), state };
}

/** Places where the first command can be cut; the engine's own tests try every single one. */
async function cuts(): Promise<readonly number[]> {
  const { machine, state } = cutAt(Number.POSITIVE_INFINITY);
  await typed(machine, LINE);
  return Array.from({ length: state.count }, (_, index) => index + 1).filter((place) => place % 6 === 4);
}

describe('an assignment that is broken off anywhere', () => {
  test.each([
    ['by a power cut', true],
    ['because the command is killed', false],
  ])(
    '%s: the next command does it, and everything can be taken back',
    async (_, reboots) => {
      const places = await cuts();
      expect(places.length).toBeGreaterThan(10);
      for (const place of places) {
        const { machine, state } = cutAt(place);
        const before = machine.lasting();
        await typed(machine, LINE);
        expect(state.count).toBeGreaterThanOrEqual(place);
        state.mended = true;
        if (reboots) await machine.node.reboot();
        const again = await typed(machine, LINE);
        expect([place, again.code, again.err]).toEqual([place, EXIT.done, '']);
        expect(machine.config(101)).toContain('hostpci0: 0000:00:02.3,pcie=1');
        expect((await typed(machine, 'unassign 101 --yes')).code).toBe(EXIT.done);
        expect((await typed(machine, 'vf remove --yes')).code).toBe(EXIT.done);
        expect(machine.lasting()).toEqual(before);
      }
    },
    60_000,
  );
});

describe('a node that cannot be written', () => {
  const refusing = (errno: string, where: RegExp) =>
    simulated('raptor-lake-s', {
      faults: { errno: (operation, path) => (!READS.test(operation) && where.test(path) ? errno : undefined) },
    });

  test.each([
    ['EACCES', /^\/run\/pveigpu/, 'not root'],
    ['EACCES', /^\/var\/lib\/pveigpu/, 'own state is not writable'],
    ['ENOSPC', /^\/var\/lib\/pveigpu/, 'disk is full'],
    ['EROFS', /^\/var/, 'the disk went read-only'],
    ['EACCES', /sriov_numvfs$/, 'not root'],
    ['EIO', /sriov_numvfs$/, 'the driver cannot'],
    ['EBUSY', /drivers_probe$/, 'a probe fails'],
    ['ENOSPC', /snippets/, 'no room for the hookscript'],
    ['EROFS', /snippets/, 'no hookscript can be written'],
  ])('%s at %s (%s): one sentence, and nothing is left', async (errno, where) => {
    const machine = refusing(errno, where);
    const before = machine.lasting();
    const ran = await typed(machine, LINE);
    expect(ran.code).toBe(EXIT.failed);
    expect(sentence(ran)).toMatch(/^[A-Z/].*[.]$/);
    expect(ran.err.split('\n').length).toBeLessThanOrEqual(3);
    expect(machine.lasting()).toEqual(before);
    expect(jsonOf(await typed(refusing(errno, where), `${LINE} --json`)).kind).toBe('problem');
  });

  test('what cannot be read is said, with exit code 7, and is no reason to write blindly', async () => {
    const machine = simulated('raptor-lake-s', {
      faults: {
        errno: (_operation, path) =>
          path.startsWith('/etc/pve/qemu-server') || path.includes('/qemu-server/') ? 'EACCES' : undefined,
      },
    });
    const status = await typed(machine, 'status');
    expect([status.code, status.err]).toEqual([EXIT.notMeasured, expect.stringContaining('could not be read:')]);
    expect(jsonOf(await typed(machine, 'status --json'))).toMatchObject({ kind: 'status' });
    const ran = await typed(machine, 'assign 101 --yes');
    expect(ran.code).not.toBe(EXIT.done);
    expect(sentence(ran)).toMatch(/^[A-Z].*\.$/);
  });
});
