// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { execute } from '../build/execute.ts';
import { inRig } from '../build/workspace.ts';
import { commandFile, EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { boundVfs, GPU, holdVf, resetMachine } from '../product/reset-machine.ts';
import { FULL, withMachine } from './with-machine.ts';

/** errno names and numbers that a driver may answer when VFs are enabled (kernel include/uapi/asm-generic/errno-base.h). */
const ERRNOS = [
  ['EIO', 5],
  ['ENOMEM', 12],
  ['EBUSY', 16],
  ['ENODEV', 19],
  ['ENOSPC', 28],
] as const;
/** A hung kernel may cost a command its own limits, never more. Milliseconds, on a machine without acceleration. */
const NEVER_BLOCKS_MS = 30_000;

withMachine('product on the kernel', { mode: 'fast' }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(EMPTY_PVE_NODE);
  });
  beforeEach(async () => {
    await resetMachine(machine());
  });

  test('verdict and status tell the machine as it is', async () => {
    const verdict = await pveigpu(machine(), 'verdict --json');
    expect(verdict.code, verdict.stderr).toBe(0);
    const [gpu] = JSON.parse(verdict.stdout).gpus;
    expect(gpu).toMatchObject({ bdf: '0000:00:02.0', vendor: '8086', device: '46a6', driver: 'i915' });
    expect(gpu.modes.find((mode: { mode: string }) => mode.mode === 'sriov')).toMatchObject({ answer: 'yes', readiness: 'now' });
    const status = await pveigpu(machine(), 'status --json');
    expect(status.code, status.stderr).toBe(0);
    expect(JSON.parse(status.stdout).gpus[0]).toMatchObject({ mode: 'host', vfs: { existing: 0, total: 7 } });
  });

  test('vf create makes and binds, and a second run has nothing to do', async () => {
    expect((await pveigpu(machine(), 'vf create 3 --yes')).code).toBe(0);
    expect(await boundVfs(machine())).toEqual(['0000:00:02.1 vfio-pci', '0000:00:02.2 vfio-pci', '0000:00:02.3 vfio-pci']);
    expect((await machine().must(`cat ${GPU}/sriov_drivers_autoprobe`)).trim()).toBe('0');
    const again = await pveigpu(machine(), 'vf create 3 --yes');
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('nothing to do');
    const other = await pveigpu(machine(), 'vf create 5 --yes');
    expect(other.code).toBe(5);
    expect(await boundVfs(machine())).toHaveLength(3);
    const list = JSON.parse((await pveigpu(machine(), 'vf list --json')).stdout);
    expect(list.gpus[0].functions.map((one: { driver: string }) => one.driver)).toEqual([
      'i915',
      'vfio-pci',
      'vfio-pci',
      'vfio-pci',
    ]);
    expect((await pveigpu(machine(), 'vf remove --yes')).code).toBe(0);
    expect(await boundVfs(machine())).toEqual([]);
  });

  test('vf remove refuses at once while a VF is open, and the kernel is not asked', async () => {
    expect((await pveigpu(machine(), 'vf create 2 --yes')).code).toBe(0);
    await holdVf(machine(), '0000:00:02.2');
    const refused = await pveigpu(machine(), 'vf remove --yes');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('vfio_hold');
    expect(refused.ms).toBeLessThan(NEVER_BLOCKS_MS);
    expect(await boundVfs(machine())).toHaveLength(2);
    expect(await blockedTasks(machine)).toBe('');
  });

  // By default one that is explained, and one that verdicts remember from the kernel log.
  test.each(FULL ? ERRNOS : ERRNOS.slice(1, 3))('%s of the driver is told, and nothing is left behind', async (name, number) => {
    await machine().must(`echo ${number} > /sys/module/i915/parameters/rig_fail`);
    const answer = await pveigpu(machine(), 'vf create 2 --yes');
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain(name);
    expect(await boundVfs(machine())).toEqual([]);
    expect((await machine().must(`cat ${GPU}/sriov_drivers_autoprobe`)).trim()).toBe('1');
  });

  test('fewer VFs than asked is a failure that says so, and what was made is taken back', async () => {
    await machine().must('echo 2 > /sys/module/i915/parameters/rig_partial');
    const answer = await pveigpu(machine(), 'vf create 3 --yes');
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/3 VFs .* 2 /);
    expect(await boundVfs(machine())).toEqual([]);
    expect((await machine().must(`cat ${GPU}/sriov_drivers_autoprobe`)).trim()).toBe('1');
  });

  test('with a hung writer in the kernel every reader ends', async () => {
    expect((await pveigpu(machine(), 'vf create 3 --yes')).code).toBe(0);
    await holdVf(machine(), '0000:00:02.2');
    await machine().must(`setsid sh -c 'echo 0 > ${GPU}/sriov_numvfs' > /dev/null 2>&1 < /dev/null & sleep 1`);
    for (const command of [
      'status --json',
      'vf list --json',
      'verdict --json',
      'capture /tmp/hung.capture --force',
      'vf create 3 --yes',
    ]) {
      const answer = await pveigpu(machine(), command);
      expect(answer.ms, command).toBeLessThan(NEVER_BLOCKS_MS);
      expect([0, 5, 7], `${command}: ${answer.stderr}`).toContain(answer.code);
    }
    const remove = await pveigpu(machine(), 'vf remove --yes', 90);
    expect(remove.code).not.toBe(0);
    await machine().must('pkill -x vfio_hold');
    await expect.poll(async () => boundVfs(machine()), { timeout: 20_000 }).toEqual([]);
  });

  test('VFs that a module reload took away are made again', async () => {
    expect((await pveigpu(machine(), 'vf create 2 --yes')).code).toBe(0);
    await machine().must('modprobe -r i915 && modprobe i915');
    expect(await boundVfs(machine())).toEqual([]);
    const list = JSON.parse((await pveigpu(machine(), 'vf list --json')).stdout);
    expect(list.gpus[0].functions).toHaveLength(1);
    expect((await pveigpu(machine(), 'vf create 2 --yes')).code).toBe(0);
    expect(await boundVfs(machine())).toEqual(['0000:00:02.1 vfio-pci', '0000:00:02.2 vfio-pci']);
  });

  test('a capture gives the same verdict on another machine', async () => {
    const here = JSON.parse((await pveigpu(machine(), 'verdict --json')).stdout);
    const capture = await pveigpu(machine(), 'capture /tmp/rig.capture --force');
    expect(capture.code, capture.stderr).toBe(0);
    await machine().must('cp /tmp/rig.capture /mnt/share/rig.capture');
    expect(readFileSync(inRig('share/rig.capture'), 'utf8')).toContain('0000:00:02.0');
    const there = await execute([
      process.execPath,
      inRig('share/product', commandFile()),
      'verdict',
      '--json',
      '--host',
      `capture:${inRig('share/rig.capture')}`,
    ]);
    const answers = (verdict: { gpus: { modes: { mode: string; answer: string }[] }[] }) =>
      verdict.gpus.flatMap(({ modes }) => modes.map(({ mode, answer }) => `${mode} ${answer}`));
    expect(answers(JSON.parse(there.stdout.toString()))).toEqual(answers(here));
  });

  test('a VF that is half removed is not taken for a GPU, and nobody waits behind it', async () => {
    expect((await pveigpu(machine(), 'vf create 3 --yes')).code).toBe(0);
    await holdVf(machine(), '0000:00:02.2');
    await machine().must(`setsid sh -c 'echo 0 > ${GPU}/sriov_numvfs' > /dev/null 2>&1 < /dev/null & sleep 1`);
    const waiting = await blockedTasks(machine);
    const list = JSON.parse((await pveigpu(machine(), 'vf list --json')).stdout);
    expect(list.gpus).toHaveLength(1);
    expect(list.gpus[0].functions[1]).toMatchObject({
      bdf: '0000:00:02.2',
      leaving: true,
      holders: [expect.stringContaining('vfio_hold')],
    });
    const verdict = JSON.parse((await pveigpu(machine(), 'verdict --json')).stdout);
    expect(verdict.gpus).toHaveLength(1);
    for (const command of ['vf create 3 --yes', 'vf remove --yes', 'vf remove --gpu 0000:00:02.0 --yes']) {
      const refused = await pveigpu(machine(), command);
      expect(refused.code, command).toBe(5);
      expect(refused.stderr, command).toMatch(/has not ended: VF 2 .*vfio_hold/);
      expect(refused.ms, command).toBeLessThan(NEVER_BLOCKS_MS);
    }
    expect(await blockedTasks(machine)).toBe(waiting);
  });

  test('an old -ENOMEM in the kernel log does not condemn a GPU whose VFs have their windows', async () => {
    await machine().must('echo 12 > /sys/module/i915/parameters/rig_fail');
    await pveigpu(machine(), 'vf create 2 --yes');
    await machine().must('echo 0 > /sys/module/i915/parameters/rig_fail');
    expect((await pveigpu(machine(), 'vf create 2 --yes')).code).toBe(0);
  });

  // Every delay is another place, also between two writes of files (vf-kills.case.ts has those to sysfs one by one); after
  // each the next run must reach the whole state.
  const delays = FULL ? [1.5, 2, 2.3, 2.6, 2.9, 3.2, 3.5, 3.8, 4.2, 4.6] : [3.2];
  test.each(delays)('killed %s s after its start, vf create is finished by the next run', async (seconds) => {
    await machine().must('echo 300 > /sys/module/i915/parameters/rig_delay_ms');
    const file = commandFile();
    await machine().shell(`timeout -s KILL ${seconds} node /usr/lib/pveigpu/${file} vf create 7 --yes < /dev/null`, {
      timeoutMs: 30_000,
    });
    // A write that was on its way is finished by the kernel.
    await machine().must('sleep 1');
    const next = await pveigpu(machine(), 'vf create 7 --yes');
    expect(next.code, next.stderr).toBe(0);
    expect(await boundVfs(machine())).toEqual([1, 2, 3, 4, 5, 6, 7].map((vf) => `0000:00:02.${vf} vfio-pci`));
  });
});

/** Tasks that no signal reaches. */
async function blockedTasks(machine: () => { must(command: string): Promise<string> }): Promise<string> {
  return (await machine().must("ps -eo stat,args | awk '$1 ~ /^D/'")).trim();
}
