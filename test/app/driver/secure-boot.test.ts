// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { SimulatedMachine } from '../../../src/simulator/host/simulated-machine.ts';
import { i915SriovDeb } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { RAPTOR_LAKE_S_UNTOUCHED } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { typed } from '../../cli/command-line.ts';
import { Simulated } from '../simulated.ts';

const VERSION = '2026.05.06';
const DEB = `/root/i915-sriov-dkms_${VERSION}_amd64.deb`;

function secured(): { readonly machine: Simulated; readonly inside: SimulatedMachine } {
  const machine = new Simulated({ ...RAPTOR_LAKE_S_UNTOUCHED, secureBoot: true });
  machine.node.machine.tree.setFile(DEB, i915SriovDeb(VERSION));
  const inside = machine.node.machine;
  if (!(inside instanceof SimulatedMachine)) throw new Error('no simulated machine');
  return { machine, inside };
}

async function installLine(machine: Simulated): Promise<string> {
  const sha256 = (await machine.must('sha256sum', DEB)).split(' ')[0];
  return `driver install --driver i915-dkms --driver-from ${DEB} --sha256 ${sha256}`;
}

describe('with Secure Boot', () => {
  test('one console step is announced, its password is the one that was handed over, and it is not asked for again', async () => {
    const { machine, inside } = secured();
    const line = await installLine(machine);
    const shown = await typed(machine, `${line} --dry-run`);
    const password = /shown only here:\s+(\d{8})/.exec(shown.out)?.[1] ?? '';
    expect(password).toHaveLength(8);
    expect(shown.out.replace(/\s+/g, ' ')).toContain('Down, Enter (Enroll MOK); Down, Enter (Continue); Down, Enter (Yes);');
    expect(inside.keys.requested.size).toBe(0);
    // A plan that is made again is the same plan, so that what was agreed on is what is done.
    expect((await typed(machine, `${line} --dry-run`)).out).toBe(shown.out);

    const done = await typed(machine, `${line} --yes`);
    expect([done.code, done.out.includes(password)]).toEqual([0, true]);
    const handed = await machine.must('mokutil', `--generate-hash=${password}`);
    expect([...inside.keys.requested.values()]).toEqual([handed.trim()]);
    const { tree } = inside;
    expect(tree.text('/var/lib/pveigpu/mok.hash')).toBeUndefined();
    expect(JSON.stringify(machine.node.persistentFiles())).not.toContain(password);

    const waiting = await typed(machine, `${line} --dry-run`);
    expect(waiting.out).toContain('waits for its step at the screen');
    expect(waiting.out).not.toContain('mokutil --import');
    inside.keys.someoneAtConsole = true;
    await machine.node.reboot();
    expect((await typed(machine, 'driver list')).out).toContain('i915 (dkms)');
    expect((await typed(machine, `${line} --dry-run`)).out).not.toContain('mokutil');
  });

  test('a screen that nobody answered is announced again', async () => {
    const { machine, inside } = secured();
    const line = await installLine(machine);
    expect((await typed(machine, `${line} --yes`)).code).toBe(0);
    await machine.node.reboot();
    expect(inside.keys.enrolled.size).toBe(0);
    const again = await typed(machine, `${line} --dry-run`);
    expect(again.out).toContain('mokutil --import');
    expect(again.out).not.toContain('dkms build');
  });
});
