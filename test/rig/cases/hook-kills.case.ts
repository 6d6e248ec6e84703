// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { configureGuests, HOOK, SAY_LOCK_FREE } from '../product/guest-hook.ts';
import { EMPTY_PVE_NODE, installProduct } from '../product/install-product.ts';
import { AWAIT_LATE_POKE, installPokeShim, SHOW_POKES, watchPokes } from '../product/poke-shim.ts';
import { boundVfs, GPU, resetMachine } from '../product/reset-machine.ts';
import { FULL, type Gap, gapsOf, withMachine } from './with-machine.ts';

/** Fewer VFs have fewer gaps of the same kinds. */
const COUNT = FULL ? 7 : 3;
const VFS = Array.from({ length: COUNT }, (_none, index) => `0000:00:02.${index + 1}`);
const PINNED = '0000:00:02.2';

/** What the machine is like before the hook begins. */
const STARTS = {
  'without VFs': `echo 1 > ${GPU}/sriov_drivers_autoprobe`,
  'with VFs on i915': `echo 1 > ${GPU}/sriov_drivers_autoprobe; echo ${COUNT} > ${GPU}/sriov_numvfs`,
};
type Start = keyof typeof STARTS;

interface Killed {
  readonly killed: string;
  readonly writes: readonly string[];
  readonly again: string;
  readonly vfs: readonly string[];
}

/** The hook of VM 201, killed at a write, and then once more; all in one guest command. */
async function killAt(machine: VirtualMachine, start: Start, [when, number]: Gap): Promise<Killed> {
  const script = `echo 0 > ${GPU}/sriov_numvfs; ${STARTS[start]} || exit 1
${watchPokes({ 'kill-at': String(number), when })}
timeout -s KILL 40 env ${HOOK} 201 pre-start 2>&1; echo "code $?"; ${SAY_LOCK_FREE}
echo ---; ${SHOW_POKES}
echo ---; ${watchPokes()}
timeout -s KILL 40 env ${HOOK} 201 pre-start 2>&1; echo "code $?"; ${SAY_LOCK_FREE}
${when === 'late' ? AWAIT_LATE_POKE : ''}`;
  const [killed = '', writes = '', again = ''] = (await machine.must(script, { timeoutMs: 100_000 })).split('---\n');
  return { killed, writes: writes.split('\n').filter((line) => line !== ''), again, vfs: await boundVfs(machine) };
}

/** Kills at each gap; answers nothing when every one was reconciled. */
async function killAtAll(machine: VirtualMachine, start: Start, sample: readonly Gap[], wanted: readonly string[]) {
  const unharmed = await killAt(machine, start, ['before', 10_000]);
  expect(unharmed.killed).toContain('code 0\nlock free');
  expect(unharmed.vfs).toEqual(wanted);
  for (const gap of gapsOf(unharmed.writes.length, sample)) {
    const run = await killAt(machine, start, gap);
    const at = `${gap.join(' ')}: ${run.killed}${run.writes.join('\n')}\n${run.again}`;
    expect(run.killed, at).toMatch(/ended by signal 9[\s\S]*code 0\nlock free/);
    expect(run.writes, at).toEqual(unharmed.writes.slice(0, gap[1]));
    expect(run.again, at).toContain('code 0\nlock free');
    expect(run.again, at).toContain('ready for hostpci0');
    expect(run.vfs, at).toEqual(wanted);
  }
  return unharmed.writes;
}

withMachine('hook killed between two writes', { mode: 'fast' }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}\n${configureGuests({ 201: PINNED })}`);
    await machine().must(`modprobe -r i915; modprobe i915 max_vfs=${COUNT}`);
    await installPokeShim(machine());
  });
  beforeEach(async () => {
    await resetMachine(machine());
    await machine().must('rm -rf /tmp/pokes');
  });

  test('while it makes the VFs: the next run of the same hook binds all of them', { timeout: 900_000 }, async () => {
    // Nothing done, the number on its way, made and none bound, its own bound, the last before its end.
    const sample = [
      ['before', 1],
      ['late', 2],
      ['before', 3],
      ['after', 4],
      ['late', 6],
      ['after', 8],
    ] as const;
    const wanted = VFS.map((vf) => `${vf} vfio-pci`);
    const writes = await killAtAll(machine(), 'without VFs', sample, wanted);
    // Autoprobe off, the number, and for each VF the override and the probe.
    expect(writes).toHaveLength(2 + 2 * COUNT);
    expect((await machine().shell('ls /run/pveigpu')).stdout).not.toContain('unfinished');
  });

  test('while it takes its VF from i915: the next run does, and those of others stay', { timeout: 600_000 }, async () => {
    const sample = [
      ['after', 1],
      ['late', 2],
      ['before', 3],
    ] as const;
    const wanted = VFS.map((vf) => `${vf} ${vf === PINNED ? 'vfio-pci' : 'i915'}`);
    expect(await killAtAll(machine(), 'with VFs on i915', sample, wanted)).toHaveLength(3);
  });
});
