// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test, vi } from 'vitest';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { recover } from '../../src/app/engine/recover.ts';
import { APPLY_LOCK } from '../../src/app/engine/state-paths.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { planRollback } from '../../src/app/rollback.ts';
import { differing, expectSettled, files, must, randomFrom, rollbackAll, sample } from './power-cut-setup.ts';
import { apply, CASES } from './power-cut-setup-cases.ts';
import { HOOK_STUB, Simulated, simulated } from './simulated.ts';

const PLACES = process.env.CUTS === 'full' ? Number.POSITIVE_INFINITY : Number(process.env.CUTS ?? 4);
const SEED = Number(process.env.SEED ?? 20_260_105);
const WRITES = new Set(['writeAtomic', 'mkdir', 'remove']);

/** A node on which the n-th write, and where it lasts all after it, fails with an errno while `armed`. */
function nodeWithErrno(profile: Simulated['node']['machine']['profile'], errno: string) {
  const state = { armed: false, writes: 0, from: 0, until: 0 };
  const machine = new Simulated(profile, {
    faults: {
      errno: (operation, path) => {
        if (!state.armed || !WRITES.has(operation) || path.startsWith('/run/')) return undefined;
        // A full disk still lets files go.
        if (errno === 'ENOSPC' && operation === 'remove') return undefined;
        state.writes += 1;
        return state.writes > state.from && state.writes <= state.until ? errno : undefined;
      },
    },
  });
  return { machine, state };
}

/** What a user reads: a sentence that names the thing, and nothing of our inside. */
function expectSentence(message: string): void {
  expect(message).toMatch(/^[A-Z/].{15,}[.:)]/s);
  expect(message).not.toMatch(/undefined|\[object|TypeError|NaN/);
}

const SOME = CASES.filter(({ name }) => /^(sriov|gvt-[dg]|host)/.test(name) && /UEFI$/.test(name));

describe.each([
  ['ENOSPC', 'once'],
  ['ENOSPC', 'from then on'],
  ['EROFS', 'from then on'],
] as const)('%s at a write, %s', (errno, lasts) => {
  test.each(SOME)(
    '$name',
    async (one) => {
      const counting = nodeWithErrno(one.profile, errno);
      await one.before?.(counting.machine);
      counting.state.armed = true;
      await one.run(counting.machine);
      const total = counting.state.writes;
      expect(total).toBeGreaterThan(5);
      const random = randomFrom(SEED + SOME.indexOf(one));
      const troubles: string[] = [];
      for (const from of sample(total, PLACES, random)) {
        const { machine, state } = nodeWithErrno(one.profile, errno);
        const pristine = files(machine);
        await one.before?.(machine);
        const before = files(machine);
        Object.assign(state, { armed: true, writes: 0, from, until: lasts === 'once' ? from + 1 : Number.POSITIVE_INFINITY });
        const where = `write ${from} of ${total}`;
        try {
          const end = await one.run(machine).then(
            () => 'done',
            (error: unknown) => (error instanceof Error ? error.message : String(error)),
          );
          state.armed = false;
          if (end !== 'done') expectSentence(end.replace(/^[a-z.-]+: /, '').replace(/^recover: /, ''));
          // What failed once was taken back at once; what goes on failing is taken back by the next command.
          if (end !== 'done' && lasts === 'once') {
            const recovered = must(await recover(machine.context));
            // The last writes only note what is done.
            if (recovered?.outcome !== 'finished') {
              const different = differing(before, files(machine));
              if (different.length > 0) throw new Error(`${end}, and not taken back:\n${different.join('\n')}`);
            }
          }
          expect(await machine.node.reboot()).toEqual({ booted: true });
          await rollbackAll(machine);
          const different = differing(pristine, files(machine));
          if (different.length > 0) throw new Error(`not as before:\n${different.join('\n')}`);
          await expectSettled(machine, where, true);
        } catch (error) {
          troubles.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      if (troubles.length > 0) throw new Error(troubles.join('\n'));
    },
    600_000,
  );
});

describe('two at once', () => {
  test('an apply while another one holds the lock ends with a sentence, and nothing is changed', async () => {
    const machine = simulated('comet-lake');
    const before = machine.lasting();
    const plan = must(await planHostSetup(machine.context, { mode: 'gvt-g' }));
    must(await machine.node.mkdir('/run/pveigpu'));
    const held = must(await machine.node.lock(APPLY_LOCK, { timeoutMs: 1 }));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const second = applyPlan(machine.context, plan);
      await vi.waitUntil(() => vi.getTimerCount() > 0, { interval: 1 }).catch(() => undefined);
      await vi.advanceTimersByTimeAsync(60_000);
      const answer = await second;
      expect(answer).toMatchObject({ ok: false, problem: { code: 'host.locked' } });
      if (!answer.ok) expectSentence(answer.problem.message);
    } finally {
      vi.useRealTimers();
    }
    expect(machine.lasting()).toEqual(before);
    await held.release();
    must(await applyPlan(machine.context, plan));
  });

  test('two applies of the same plan: one does it, the other finds it done or says that the node has changed', async () => {
    const machine = simulated('comet-lake');
    const before = files(machine);
    const plan = must(await planHostSetup(machine.context, { mode: 'gvt-g' }));
    const [first, second] = await Promise.all([applyPlan(machine.context, plan), applyPlan(machine.context, plan)]);
    expect(first).toMatchObject({ ok: true });
    if (!second.ok) expect(second.problem.code).toBe('plan.drift');
    expect(must(await planHostSetup(machine.context, { mode: 'gvt-g' })).steps).toEqual([]);
    await rollbackAll(machine);
    expect(differing(before, files(machine))).toEqual([]);
    await expectSettled(machine, 'two applies', true);
  });

  test('a guest with our hookscript starts in the middle of an apply', async () => {
    const machine = simulated('raptor-lake-s');
    must(await machine.assign({ vmid: 101, hook: true }));
    const plan = must(await planHostSetup(machine.context, { mode: 'sriov' }));
    expect(plan.steps.length).toBeGreaterThan(3);
    let start: Promise<{ readonly exitCode: number; readonly text: string }> | undefined;
    const onStep = (_step: unknown, index: number) => {
      if (index === 2) start ??= machine.run('qm', 'start', '101');
    };
    must(await applyPlan(machine.context, plan, { force: true, onStep }));
    expect(await start).toMatchObject({ exitCode: 0 });
    expect(machine.held()).toHaveLength(1);
    await machine.must('qm', 'stop', '101');
  });
});

describe('/etc/pve without quorum', () => {
  test('going back says so and changes no guest; with quorum it goes on', async () => {
    const machine = simulated('raptor-lake-s');
    const before = files(machine);
    await apply({ mode: 'sriov' })(machine);
    must(await machine.assign({ vmid: 101, hook: true }));
    const config = machine.config(101);
    const request = { to: 'all', force: true } as const;
    const planned = must(await planRollback(machine.context, request, { hookStub: HOOK_STUB }));
    machine.node.machine.quorate = false;
    // The quorum goes after the plan was made, and is not there when it is made.
    const refused = await applyPlan(machine.context, planned, { force: true });
    const again = await planRollback(machine.context, request, { hookStub: HOOK_STUB });
    for (const answer of [refused, again]) {
      expect(answer.ok).toBe(false);
      if (answer.ok) continue;
      expectSentence(answer.problem.message);
      expect(`${answer.problem.message} ${answer.problem.hint ?? ''}`).toMatch(/quorum/);
    }
    expect(machine.config(101)).toBe(config);
    // What is on the node itself needs no quorum.
    must(await applyPlan(machine.context, must(await planHostSetup(machine.context, { mode: 'sriov' })), { force: true }));
    machine.node.machine.quorate = true;
    await rollbackAll(machine);
    expect(differing(before, files(machine))).toEqual([]);
  });
});
