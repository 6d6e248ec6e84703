// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import { selftest } from '../../src/app/selftest.ts';
import { planVfCreate } from '../../src/app/vf.ts';
import type { Result } from '../../src/core/problem.ts';
import { selftestReport } from '../../src/core/selftest/selftest-report.ts';
import { selftestVerdict } from '../../src/core/selftest/selftest-result.ts';
import type { Host, RunOutput } from '../../src/ports/host.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const PF = '0000:00:02.0';

/** Runs a selftest; `meddle` sees each program before it runs and may answer instead of it. */
async function run(
  node: Simulated,
  rounds = 2,
  meddle: (argv: readonly string[]) => Promise<RunOutput | undefined> | RunOutput | undefined = () => undefined,
  stopped: () => boolean = () => false,
) {
  const host = new Proxy(node.node as Host, {
    get: (target, name) => {
      if (name === 'run')
        return async (argv: readonly [string, ...string[]], options?: object): Promise<Result<RunOutput>> => {
          const answer = await meddle(argv);
          return answer === undefined ? await target.run(argv, options) : { ok: true, value: answer };
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return await selftest({ ...node.context, host, pve: new PveCli(host) }, { rounds, hookStub: HOOK_STUB, stopped });
}

async function found(...call: Parameters<typeof run>) {
  const done = await run(...call);
  if (!done.ok) throw new Error(`${done.problem.code}: ${done.problem.message}`);
  return done.value.result;
}

async function withVfs(count: number): Promise<Simulated> {
  const node = simulated('raptor-lake-s');
  const made = await node.carryOut(async () => await planVfCreate(node.context, { count }));
  expect(made.ok).toBe(true);
  return node;
}

/** The one argv of a program that matters here: `qm start`. */
const is = (argv: readonly string[], ...words: readonly string[]) => words.every((word, at) => argv[at] === word);
const failing = (stderr: string): RunOutput => ({ exitCode: 1, stdout: '', stderr });

describe('all in order', () => {
  test('every round has a VF, and the node is as it was', async () => {
    const node = simulated('raptor-lake-s');
    const before = node.lasting();
    const result = await found(node, 3);
    expect(selftestVerdict(result)).toBe('passed');
    expect(result.rounds.map(({ number, vf }) => [number, vf])).toEqual(
      [1, 2, 3].map((number) => [number, `VF 1 (0000:00:02.1)`]),
    );
    expect(Object.keys(result.rounds[0]?.tookMs ?? {})).toHaveLength(7);
    expect(node.lasting()).toEqual(before);
    expect(node.held()).toEqual([]);
    // There were no VFs before.
    expect(node.node.machine.tree.names(`/sys/bus/pci/devices/${PF}`)).not.toContain('virtfn0');
  });

  test('VFs that were there stay, and those in use are not touched', async () => {
    const node = await withVfs(3);
    await node.must('qm', 'create', '110', '--memory', '64', '--ostype', 'l26', '--hostpci0', '0000:00:02.1');
    await node.must('qm', 'start', '110');
    const before = node.lasting();
    const result = await found(node);
    expect(selftestVerdict(result)).toBe('passed');
    expect(result.rounds.map(({ vf }) => vf)).toEqual(['VF 2 (0000:00:02.2)', 'VF 2 (0000:00:02.2)']);
    expect(node.held()).toEqual(['0000:00:02.1 110']);
    expect(node.lasting()).toEqual(before);
    expect([1, 2, 3].map((vf) => node.node.machine.kernel.driverOf(`0000:00:02.${vf}`))).toEqual(Array(3).fill('vfio-pci'));
  });

  test('only the guest that it made is named in any call of PVE', async () => {
    const node = await withVfs(2);
    const calls: string[] = [];
    await found(node, 2, (argv) => void (argv[0] === 'qm' && calls.push(argv.slice(1, 3).join(' '))));
    const ids = new Set(calls.map((one) => one.split(' ')[1]));
    expect(ids.size).toBe(1);
    expect(Object.keys(node.node.machine.profile.vms)).not.toContain([...ids][0]);
  });
});

describe('what goes wrong is found, and all is taken away', () => {
  async function faulty(meddle: Parameters<typeof run>[2], node?: Simulated) {
    const own = node ?? (await withVfs(2));
    const before = own.lasting();
    const result = await found(own, 1, meddle);
    expect(selftestVerdict(result)).toBe('failed');
    expect(own.lasting()).toEqual(before);
    expect(own.held()).toEqual([]);
    return result.rounds[0]?.wrong ?? [];
  }

  test('a guest that does not start', async () => {
    const wrong = await faulty((argv) =>
      is(argv, 'qm', 'start') ? failing('start failed: QEMU exited with code 1\n') : undefined,
    );
    expect(wrong).toEqual([expect.stringMatching(/^start: qm start \d+ ended with 1: start failed: QEMU exited with code 1$/)]);
  });

  test('a guest that cannot be made', async () => {
    expect(await faulty((argv) => (is(argv, 'qm', 'create') ? failing('no\n') : undefined))).toHaveLength(1);
  });

  test('a fault of the IOMMU while it runs', async () => {
    const node = await withVfs(2);
    const wrong = await faulty((argv) => {
      if (is(argv, 'qm', 'stop')) node.node.machine.kernel.log('DMAR: DRHD: handling fault status reg 3');
      return undefined;
    }, node);
    expect(wrong).toEqual([expect.stringContaining('kernel log: ')]);
  });

  test('another VF that loses its driver', async () => {
    const node = await withVfs(2);
    const wrong = await faulty(async (argv) => {
      if (is(argv, 'qm', 'stop')) await node.node.poke('/sys/bus/pci/drivers/vfio-pci/unbind', '0000:00:02.2');
      return undefined;
    }, node);
    expect(wrong).toEqual(['VF 2 (0000:00:02.2) went from vfio-pci to no driver']);
  });

  test('a guest that another process keeps its VF from', async () => {
    const node = await withVfs(1);
    const wrong = await faulty((argv) => {
      // PVE says that it started, but nothing runs.
      return is(argv, 'qm', 'start') ? { exitCode: 0, stdout: '', stderr: '' } : undefined;
    }, node);
    expect(wrong).toEqual([expect.stringMatching(/^PVE has no VF of 0000:00:02.0 reserved for VM \d+$/)]);
  });

  test('a guest that cannot be removed is named with the command, and no further round is begun', async () => {
    const node = await withVfs(2);
    const result = await found(node, 3, (argv) => (is(argv, 'qm', 'destroy') ? failing('busy\n') : undefined));
    expect(result.rounds).toHaveLength(1);
    expect(result.leftOver).toEqual([expect.stringMatching(/^VM (\d+); remove it with: qm stop \1; qm destroy \1$/)]);
    expect(selftestVerdict(result)).toBe('failed');
    const again = await run(node);
    expect(again.ok ? '' : again.problem.message).toMatch(/^VM \d+ is left over from an earlier selftest/);
  });
});

test.each(['pvesh', 'create', 'set', 'start', 'stop', 'destroy'])('stopped at %s: everything is taken away', async (verb) => {
  const node = await withVfs(2);
  const before = node.lasting();
  let isStopped = false;
  const meddle = (argv: readonly string[]) => {
    if (argv[0] === verb || argv[1] === verb) isStopped = true;
    return undefined;
  };
  const result = await found(node, 3, meddle, () => isStopped);
  expect(result.rounds).toHaveLength(1);
  expect(selftestVerdict(result)).toBe('not measured');
  expect(node.lasting()).toEqual(before);
  expect(node.held()).toEqual([]);
});

describe('refused before anything is made', () => {
  test.each([
    ['rocket-lake', 'gpu.cannot', 'has no SR-IOV'],
    ['no-igpu', 'gpu.cannot', 'no'],
  ])('%s', async (profile, code, text) => {
    const node = simulated(profile);
    const before = node.lasting();
    const done = await run(node);
    expect(done.ok ? '' : done.problem.code).toBe(code);
    expect(done.ok ? '' : done.problem.message).toContain(text);
    expect(node.lasting()).toEqual(before);
  });

  test('all VFs in use', async () => {
    const node = await withVfs(1);
    await node.must('qm', 'create', '110', '--memory', '64', '--ostype', 'l26', '--hostpci0', '0000:00:02.1');
    await node.must('qm', 'start', '110');
    const done = await run(node);
    expect(done.ok ? '' : done.problem.message).toBe('All 1 VFs of 0000:00:02.0 are in use.');
  });

  test('no quorum', async () => {
    const node = await withVfs(1);
    node.node.machine.quorate = false;
    const done = await run(node);
    expect(done.ok ? '' : done.problem.message).toContain('no quorum');
  });

  test('guests that cannot be read are no answer', async () => {
    const errno = (operation: string, path: string) =>
      operation === 'list' && /\/etc\/pve\/(nodes\/pve\/)?qemu-server$/.test(path) ? 'EIO' : undefined;
    const done = await run(simulated('raptor-lake-s', { faults: { errno } }));
    expect(done.ok ? '' : done.problem.code).toBe('facts.unknown');
  });
});

test('the report tells all that was found and nothing of the node', async () => {
  const node = await withVfs(2);
  const name = 'secretname';
  const result = await found(node, 1, (argv) => (is(argv, 'qm', 'start') ? failing(`${name}: 10.9.8.7 is gone\n`) : undefined));
  const text = selftestReport(result, name);
  expect(text).toContain('pveigpu selftest report, format 1\n\nresult: failed, 1 of 1 rounds\n');
  expect(text).toContain('round 1: start: qm start');
  expect(text).toContain('8086:a780');
  expect(text).not.toMatch(/secretname|10\.9\.8\.7/);
});
