// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { SAY_LOCK_FREE } from '../product/guest-hook.ts';
import { commandFile, EMPTY_PVE_NODE, installProduct } from '../product/install-product.ts';
import { AWAIT_LATE_POKE, installPokeShim, SHOW_POKES, watchPokes } from '../product/poke-shim.ts';
import { boundVfs, GPU, resetMachine } from '../product/reset-machine.ts';
import { FULL, type Gap, gapsOf, withMachine } from './with-machine.ts';

/** Fewer VFs have fewer gaps of the same kinds. */
const COUNT = FULL ? 7 : 3;
const ALL_BOUND = Array.from({ length: COUNT }, (_none, index) => `0000:00:02.${index + 1} vfio-pci`);
const CREATE = `vf create ${COUNT} --yes`;

interface Killed {
  readonly killed: string;
  readonly writes: readonly string[];
  readonly next: string;
  readonly vfs: readonly string[];
  readonly autoprobe: string;
  /** State of every run in the journal, oldest first. */
  readonly runs: readonly string[];
}

/** `vf create`, killed at a write, and then another command; all in one guest command. */
async function killAt(machine: VirtualMachine, [when, number]: Gap, next: string): Promise<Killed> {
  const product = (args: string) =>
    `timeout -s KILL 60 node /usr/lib/pveigpu/${commandFile()} ${args} < /dev/null 2>&1; echo "code $?"`;
  const script = `echo 0 > ${GPU}/sriov_numvfs; echo 1 > ${GPU}/sriov_drivers_autoprobe; rm -rf /var/lib/pveigpu
${watchPokes({ 'kill-at': String(number), when })}
${product(CREATE)}; ${SAY_LOCK_FREE}; flock -n /run/pveigpu/apply.lock true && echo run free
echo ---; ${SHOW_POKES}
echo ---; ${watchPokes()}
${product(next)}; ${SAY_LOCK_FREE}; flock -n /run/pveigpu/apply.lock true && echo run free
${when === 'late' ? AWAIT_LATE_POKE : ''}
echo ---; cat ${GPU}/sriov_drivers_autoprobe
for run in /var/lib/pveigpu/journal/*; do echo ---; cat $run; done`;
  const answer = await machine.must(script, { timeoutMs: 150_000 });
  const [killed = '', writes = '', said = '', autoprobe = '', ...runs] = answer.split('---\n');
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');
  return {
    ...{ killed, writes: lines(writes), next: said, vfs: await boundVfs(machine) },
    ...{ autoprobe: autoprobe.trim(), runs: runs.map((run) => JSON.parse(run).state) },
  };
}

withMachine('vf create killed between two writes', { mode: 'fast' }, (machine) => {
  /** Those of a command that nobody kills. */
  let writes: readonly string[] = [];
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(EMPTY_PVE_NODE);
    await machine().must(`modprobe -r i915; modprobe i915 max_vfs=${COUNT}`);
    await installPokeShim(machine());
    const unharmed = await killAt(machine(), ['before', 10_000], CREATE);
    expect(unharmed.killed).toContain('code 0\nlock free\nrun free');
    expect(unharmed.vfs).toEqual(ALL_BOUND);
    writes = unharmed.writes;
  });
  beforeEach(async () => {
    await resetMachine(machine());
    await machine().must('rm -rf /tmp/pokes');
  });

  /** What the next command is, what it comes to, and where the first was killed by default. */
  const NEXTS: readonly (readonly [string, { readonly vfs: readonly string[]; readonly autoprobe: string }, readonly Gap[]])[] = [
    [
      CREATE,
      { vfs: ALL_BOUND, autoprobe: '0' },
      [
        ['before', 1],
        ['after', 4],
      ],
    ],
    ['vf remove --yes', { vfs: [], autoprobe: '1' }, [['after', 2]]],
  ];
  test.each(NEXTS)('then %s: it recovers and does its own work', { timeout: 1_800_000 }, async (next, wanted, sample) => {
    for (const gap of gapsOf(writes.length, sample)) {
      if (!isWorthIt(gap, next)) continue;
      const run = await killAt(machine(), gap, next);
      const at = `${gap.join(' ')}: ${run.killed}${run.writes.join('\n')}\n${run.next}`;
      expect(run.killed, at).toMatch(/code 137\nlock free\nrun free/);
      expect(run.writes, at).toEqual(writes.slice(0, gap[1]));
      expect(run.next, at).toMatch(/was broken off[\s\S]*code 0\nlock free\nrun free/);
      expect({ vfs: run.vfs, autoprobe: run.autoprobe }, at).toEqual(wanted);
      expect(run.runs, at).not.toEqual([]);
      for (const state of run.runs) expect(['done', 'undone'], at).toContain(state);
    }
  });
});

/** How many writes there are until the first VF is bound; those of the other VFs are of the same kinds. */
const FIRST_VF = 4;

/**
 * A journal that has begun a step may find it done or not done. Every step is left not done for `vf create` and done for
 * `vf remove`, those of the first VF are left both ways and on their way. A writer that lives on would make VFs after they were
 * removed: nobody can call it back.
 */
function isWorthIt([when, number]: Gap, next: string): boolean {
  return next === CREATE ? when === 'before' || number <= FIRST_VF : when === 'after';
}
