// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planPool } from '../../../src/app/pool.ts';
import { planVfCreate, planVfRemove } from '../../../src/app/vf.ts';
import type { Result } from '../../../src/core/problem.ts';
import { findProfile } from '../../../src/simulator/profiles/table.ts';
import { checkArgv } from '../../../src/simulator/pve/programs.ts';
import { Simulated } from '../../app/simulated.ts';

type Argv = readonly [string, ...string[]];
const PVE = ['qm', 'pct', 'pvesh'];

/** A node that notes the calls that the product makes of PVE's programs, and may change them on their way. */
function watched(profile: string, change: (argv: Argv) => Argv = (argv) => argv): { node: Simulated; calls: Argv[] } {
  const found = findProfile(profile);
  if (found === undefined) throw new Error(`no profile ${profile}`);
  const node = new Simulated(found);
  const calls: Argv[] = [];
  const run = node.node.run.bind(node.node);
  node.node.run = async (argv, options) => {
    if (!PVE.includes(argv[0])) return await run(argv, options);
    const changed = change(argv);
    calls.push(changed);
    return await run(changed, options);
  };
  return { node, calls };
}

/** Everything that makes the product call PVE: each kind of slice, given and taken back, of guests that run and that do not. */
async function everything(node: Simulated): Promise<readonly Result<unknown>[]> {
  const pool = async (verb: 'create' | 'sync' | 'remove') =>
    await node.carryOut(async () => await planPool(node.context, verb, { id: 'by-name' }));
  return [
    await node.carryOut(async () => await planVfCreate(node.context, {})),
    await node.assign({ vmid: 100 }),
    await node.assign({ vmid: 101, vf: 2 }),
    await node.assign({ vmid: 101, hook: true }),
    await node.assign({ vmid: 103, primary: true }, true),
    await pool('create'),
    await node.unassign(103),
    await pool('sync'),
    await pool('remove'),
    await node.unassign(100),
    await node.unassign(101),
    await node.carryOut(async () => await planVfRemove(node.context, {})),
  ];
}

describe.each(['raptor-lake-s', 'alder-lake-p', 'panther-lake'])('the calls that the product makes on %s', (profile) => {
  test('all pass the schema of the API, and are done', async () => {
    const { node, calls } = watched(profile);
    for (const result of await everything(node)) expect(result).toMatchObject({ ok: true });
    for (const argv of calls) expect(checkArgv(node.node.machine, argv), argv.join(' ')).toBeUndefined();
    const kinds = new Set(calls.map(([program, verb]) => `${program} ${verb}`));
    expect([...kinds].sort()).toEqual(['pvesh create', 'pvesh delete', 'pvesh set', 'qm set']);
    for (const option of ['--digest', '--delete', '--map', '--hookscript', '--description'])
      expect(calls.flat(), option).toContain(option);
  });

  test('a pending change is reverted by a call that passes', async () => {
    const { node, calls } = watched(profile);
    expect(await node.carryOut(async () => await planVfCreate(node.context, {}))).toMatchObject({ ok: true });
    await node.must('qm', 'start', '101');
    expect(await node.assign({ vmid: 101 })).toMatchObject({ ok: true });
    calls.length = 0;
    expect(await node.unassign(101)).toMatchObject({ ok: true });
    expect(calls.flat()).toContain('--revert');
    for (const argv of calls) expect(checkArgv(node.node.machine, argv), argv.join(' ')).toBeUndefined();
  });
});

describe('a product that made a wrong call', () => {
  test.each<{ what: string; change: (argv: Argv) => Argv; says: RegExp }>([
    { what: 'an unknown option of qm set', change: (argv) => (argv[0] === 'qm' ? [...argv, '--igpu', '1'] : argv), says: /igpu/ },
    {
      what: 'an unknown option of a mapping',
      change: (argv) => (argv[0] === 'pvesh' ? [...argv, '--vendor', '8086'] : argv),
      says: /vendor/,
    },
    {
      what: 'an unknown property of hostpci',
      change: (argv) => argv.map((word) => word.replace(/^mapping=/, 'pool=')) as unknown as Argv,
      says: /pool|hostpci/,
    },
    {
      what: 'a call that the API does not have',
      change: (argv) => argv.map((word) => word.replace('/cluster/mapping/pci', '/cluster/pci')) as unknown as Argv,
      says: /cluster\/pci/,
    },
  ])('$what: is refused, and nothing is left of it', async ({ change, says }) => {
    const { node } = watched('raptor-lake-s', change);
    const before = node.lasting();
    const result = await node.assign({ vmid: 101 });
    expect(result.ok ? '' : `${result.problem.message} ${result.problem.hint ?? ''}`).toMatch(says);
    expect(node.lasting()).toEqual(before);
  });

  test('a program or an option that the simulated node does not know is thrown, not answered', async () => {
    const { node } = watched('raptor-lake-s');
    await expect(node.node.run(['qemu-img', 'info'])).rejects.toThrow('the simulated node has no');
  });
});
