// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeEach, describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { runHook } from '../../src/app/run-hook.ts';
import { readStatus } from '../../src/app/status.ts';
import { readVerdict } from '../../src/app/verdict.ts';
import { listVfs, planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import type { Host } from '../../src/ports/host.ts';
import { bdf } from '../support/facts.ts';
import { type Simulated, simulated } from './simulated.ts';

const PF = '0000:00:02.0';

let node: Simulated;
let holder: number;

/** A node with three VFs of which one is open, and somebody who writes 0 to `sriov_numvfs` all the same. */
async function hang(open: string): Promise<void> {
  node = simulated('raptor-lake-s');
  await node.carryOut(async () => await planVfCreate(node.context, { count: 3 }));
  holder = node.hangRemoval(open);
}

/** What is written to the kernel while something is done. */
async function pokesOf(work: (context: Simulated['context']) => Promise<unknown>): Promise<readonly string[]> {
  const pokes: string[] = [];
  const poke: Host['poke'] = async (path, value, options) => {
    pokes.push(`${path} = ${value}`);
    return await node.node.poke(path, value, options);
  };
  const host = new Proxy(node.context.host, {
    get: (target, name) => {
      const found: unknown = Reflect.get(name === 'poke' ? { poke } : target, name);
      return typeof found === 'function' && name !== 'poke' ? found.bind(target) : found;
    },
  });
  await work({ ...node.context, host });
  return pokes;
}

describe.each([
  ['in the middle', '0000:00:02.2', 2, 1],
  ['that is the last', '0000:00:02.3', 3, 0],
  ['that is the first', '0000:00:02.1', 1, 2],
] as const)('a VF %s is half removed', (_, open, number, left) => {
  beforeEach(async () => await hang(open));

  test('it is listed as a VF, with who has it open', async () => {
    const { gpus } = await listVfs(node.context);
    expect(gpus.map((gpu) => gpu.bdf)).toEqual([PF]);
    const [gpu, half, ...whole] = gpus[0]?.functions ?? [];
    expect(gpu).toMatchObject({ bdf: PF, vf: null });
    expect(half).toMatchObject({ bdf: open, vf: number, leaving: true, holders: [`holder (pid ${holder})`] });
    expect(whole).toHaveLength(left);
    expect(whole.some(({ leaving }) => leaving !== undefined)).toBe(false);
  });

  test('status and verdict know one GPU', async () => {
    const status = await readStatus(node.context);
    expect(status.gpus).toMatchObject([{ bdf: PF, mode: 'sriov', vfs: { existing: left } }]);
    const verdict = await readVerdict(node.context);
    expect(verdict.gpus.map((one) => one.bdf)).toEqual([PF]);
    expect(verdict.remarks).toContainEqual(
      expect.objectContaining({ id: 'sriov.removal-open', text: expect.stringContaining(`VF ${number} (${open})`) }),
    );
  });

  test('nothing is planned, and the refusal names who', async () => {
    for (const plan of [planVfCreate, planVfRemove]) {
      for (const request of [{}, { gpu: bdf(PF) }]) {
        expect(await plan(node.context, request)).toMatchObject({
          ok: false,
          problem: { code: 'vf.in-use', message: expect.stringMatching(/has not ended: VF \d .*holder \(pid \d+\)/) },
        });
      }
    }
  });

  test.each(['0000:00:02.1', '0000:00:02.2', '0000:00:02.3', '0000:00:02', PF])(
    'a guest with %s is not started, and nothing is written',
    async (address) => {
      node.writeConfig(101, `memory: 512\nhostpci0: ${address}\n`);
      let answer: 0 | 1 = 0;
      const pokes = await pokesOf(async (context) => {
        answer = await runHook(context, { vmid: 101, phase: 'pre-start', lockHeld: false });
      });
      expect(pokes).toEqual([]);
      expect(answer).toBe(1);
      expect(node.said.at(-1)).toMatch(/not started: .*a removal of the VFs of 0000:00:02\.0 has not ended/);
    },
  );

  test('when nobody has it open any more, all is as before', async () => {
    node.node.machine.kernel.endProcess(holder);
    expect((await listVfs(node.context)).gpus[0]?.functions).toHaveLength(1);
    expect((await readVerdict(node.context)).remarks.map(({ id }) => id)).not.toContain('sriov.removal-open');
    expect(await node.carryOut(async () => await planVfCreate(node.context, { count: 3 }))).toMatchObject({ ok: true });
  });
});

test('a removal that hangs between plan and apply: no second writer', async () => {
  node = simulated('raptor-lake-s');
  const planned = await planVfCreate(node.context, { count: 3 });
  await hang('0000:00:02.3');
  if (!planned.ok) throw new Error(planned.problem.message);
  const pokes = await pokesOf(async (context) => {
    expect(await applyPlan(context, planned.value)).toMatchObject({
      ok: false,
      problem: { code: 'vf.in-use', message: expect.stringContaining('0000:00:02.3 is only half gone') },
    });
  });
  expect(pokes).toEqual([]);
});
