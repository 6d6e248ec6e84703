// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { readDoctorCase } from '../../src/app/doctor-case.ts';
import type { DeepFacts } from '../../src/core/doctor/deep-facts.ts';
import { known, unknown } from '../../src/core/facts/section.ts';
import { ok, problem } from '../../src/core/problem.ts';
import type { Host, RunOptions } from '../../src/ports/host.ts';
import { setUpNode } from '../cli/sick-machine.ts';
import { type Simulated, simulated } from './simulated.ts';

async function deep({ context }: Pick<Simulated, 'context'>): Promise<DeepFacts> {
  return (await readDoctorCase(context, { deep: true })).deep;
}

/** The same machine with one program that answers otherwise, and every call noted. */
function withProgram(machine: Simulated, program: string, answer: Awaited<ReturnType<Host['run']>>) {
  const calls: { readonly argv: readonly string[]; readonly options: RunOptions | undefined }[] = [];
  const { host } = machine.context;
  const wrapped: Host = new Proxy(host, {
    get: (target, key) => {
      const own: unknown = Reflect.get(target, key, target);
      if (key !== 'run') return typeof own === 'function' ? own.bind(target) : own;
      return async (argv: readonly [string, ...string[]], options?: RunOptions) => {
        calls.push({ argv, options });
        return argv[0] === program ? answer : await host.run(argv, options);
      };
    },
  });
  return { calls, context: { ...machine.context, host: wrapped } };
}

test('without deep the kernel log is all that a program is asked for', async () => {
  const watched = withProgram(simulated('raptor-lake-s'), 'none', ok({ exitCode: 0, stdout: '', stderr: '' }));
  const { deep: facts } = await readDoctorCase(watched.context, { deep: false });
  expect(Object.values(facts).map(({ state }) => state)).toEqual(Object.keys(facts).map(() => 'not-sensed'));
  expect(watched.calls.map(({ argv }) => argv)).toEqual([['dmesg']]);
});

test('with it the initramfs, the units and dkms are asked, each with a time limit', async () => {
  const machine = await setUpNode();
  const watched = withProgram(machine, 'none', ok({ exitCode: 0, stdout: '', stderr: '' }));
  const { initramfs, journal, dkmsStatus } = await deep(watched);
  if (initramfs.state !== 'known' || journal.state !== 'known' || dkmsStatus.state !== 'known') return expect.fail('not known');
  expect(initramfs.value.some((path) => path.startsWith('etc/modprobe.d/'))).toBe(true);
  expect(journal.value.map(({ unit }) => unit)).toContain('pveigpu-boot.service');
  expect(dkmsStatus.value.join()).toMatch(/^i915-sriov-dkms\/.+: installed/);
  const asked = watched.calls.filter(({ argv }) => argv[0] !== 'dmesg');
  expect(asked.map(({ argv }) => argv[0]).sort()).toEqual(['dkms', 'journalctl', 'journalctl', 'journalctl', 'lsinitramfs']);
  for (const { options } of asked) expect(options?.timeoutMs).toBeLessThanOrEqual(60_000);
});

test('a program that fails or never ends leaves its own part unknown', async () => {
  const machine = simulated('raptor-lake-s');
  const broken = withProgram(machine, 'lsinitramfs', ok({ exitCode: 2, stdout: '', stderr: 'cpio: premature\u001b[31m end\n' }));
  expect(await deep(broken)).toMatchObject({
    initramfs: unknown('lsinitramfs /boot/initrd.img-6.17.9-1-pve ends with 2: cpio: premature\\x1b[31m end'),
    journal: { state: 'known' },
  });
  const hanging = withProgram(machine, 'journalctl', problem('host.timeout', 'journalctl did not end within 15 s.'));
  expect((await deep(hanging)).journal).toEqual(unknown('journalctl did not end within 15 s.'));
});

test('what a unit said is shown with its escapes, the newest lines of very many', async () => {
  const lines = Array.from({ length: 1000 }, (_, at) => `line ${at}\u001b[2J`);
  const machine = withProgram(
    simulated('jasper-lake'),
    'journalctl',
    ok({ exitCode: 0, stdout: `${lines.join('\n')}\n`, stderr: '' }),
  );
  const { journal } = await deep(machine);
  if (journal.state !== 'known') return expect.fail('not known');
  expect(journal.value.length).toBeLessThanOrEqual(900);
  expect(journal.value.at(-1)?.text).toBe('line 999\\x1b[2J');
});

test('the signing key is asked for only where Secure Boot is on, dkms only where it has something', async () => {
  const watched = withProgram(simulated('raptor-lake-s-untouched'), 'none', ok({ exitCode: 0, stdout: '', stderr: '' }));
  expect(await deep(watched)).toMatchObject({ dkmsStatus: known([]), signingKey: { state: 'not-sensed' } });
  expect(watched.calls.map(({ argv }) => argv[0])).not.toContain('mokutil');
});
