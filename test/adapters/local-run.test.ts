// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localHost } from '../../src/adapters/host-local.ts';
import { printedBy, programWithHost } from './own-node.ts';

const host = localHost();

describe('run', () => {
  test('gives exit code, output and errors of a program', async () => {
    const answer = await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(answer).toEqual({ ok: true, value: { exitCode: 3, stdout: 'out\n', stderr: 'err\n' } });
    expect(await host.run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ ok: true, value: { exitCode: 137 } });
  });

  test('speaks the C locale and finds the programs of an administrator', async () => {
    const answer = await host.run(['sh', '-c', 'echo "$LC_ALL $PATH"']);
    expect(answer.ok && answer.value.stdout).toMatch(/^C .*\/usr\/sbin/);
  });

  test('hands arguments over as they are, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'binary' }).filter((text) => !/\0|[\ud800-\udfff]/.test(text)),
          { maxLength: 5 },
        ),
        async (args) => {
          const answer = await host.run(['printf', '%s\\0', ...args, 'a\nb', `'"`, '$(id)', '`id`', '; id', '* ?', '-n', '']);
          const expected = [...args, 'a\nb', `'"`, '$(id)', '`id`', '; id', '* ?', '-n', ''].map((arg) => `${arg}\0`).join('');
          expect(answer.ok && answer.value.stdout).toBe(expected);
        },
      ),
      { numRuns: 40 },
    );
    expect(await host.run(['echo', 'nul\0byte'])).toMatchObject({ ok: false, problem: { code: 'host.run' } });
  });

  test('feeds standard input, and none where there is none', async () => {
    const text = 'ä\n'.repeat(200_000);
    const answer = await host.run(['cat'], { stdin: text });
    expect(answer.ok && answer.value.stdout === text).toBe(true);
    expect(await host.run(['cat'])).toMatchObject({ ok: true, value: { stdout: '' } });
    expect(await host.run(['true'], { stdin: text })).toMatchObject({ ok: true, value: { exitCode: 0 } });
  });

  test('streams output as it comes, characters whole', async () => {
    const pieces: string[] = [];
    const seen = { before: false };
    const answer = await host.run(['sh', '-c', String.raw`printf 'a\303'; sleep 0.2; printf '\244b'; echo e >&2`], {
      onOutput: (stream, text) => {
        if (text === 'a') seen.before = pieces.length === 0;
        pieces.push(`${stream}:${text}`);
      },
    });
    expect(answer).toMatchObject({ ok: true, value: { stdout: 'aäb', stderr: 'e\n' } });
    expect(pieces.filter((piece) => piece.startsWith('stdout'))).toEqual(['stdout:a', 'stdout:äb']);
    expect(seen.before).toBe(true);
  });

  test('takes large output, and ends what never stops printing', async () => {
    const large = await host.run(['head', '-c', '20000000', '/dev/zero']);
    expect(large.ok && large.value.stdout.length).toBe(20_000_000);
    expect(await host.run(['cat', '/dev/zero'])).toMatchObject({
      ok: false,
      problem: { code: 'host.run', message: expect.stringContaining('cat') },
    });
  });

  test('names a program that is not there or cannot be started', async () => {
    expect(await host.run(['pveigpu-no-such-program'])).toMatchObject({
      ok: false,
      problem: { code: 'host.run', message: expect.stringContaining('pveigpu-no-such-program') },
    });
    expect(await host.run(['/etc/passwd'])).toMatchObject({
      ok: false,
      problem: { code: 'host.run', message: expect.stringContaining('EACCES') },
    });
  });

  test('ends a whole tree of processes at the time limit, the stubborn ones too', async () => {
    const pids: number[] = [];
    const script =
      'trap "" TERM; sh -c \'trap "" TERM; echo $$; while :; do sleep 0.05; done\' & echo $$; wait; while :; do sleep 0.05; done';
    const answer = await host.run(['sh', '-c', script], {
      timeoutMs: 700,
      onOutput: (_, text) => pids.push(...text.trim().split('\n').map(Number)),
    });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'host.timeout' } });
    expect(pids).toHaveLength(2);
    for (const pid of pids) await gone(pid);
  });

  test('a program may clean up when its time is over', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pveigpu-run-'));
    try {
      const mark = join(folder, 'cleaned');
      await host.run(['sh', '-c', `trap 'echo x > ${mark}; exit' TERM; while :; do sleep 0.05; done`], { timeoutMs: 300 });
      expect(await host.read(mark)).toEqual({ kind: 'content', value: 'x\n' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('does not wait for a daemon that keeps the pipe, and leaves it alone', async () => {
    const answer = await host.run(['sh', '-c', 'sleep 20 & echo $!'], { timeoutMs: 15_000 });
    const pid = answer.ok ? Number(answer.value.stdout) : 0;
    expect(() => process.kill(pid, 0)).not.toThrow();
    process.kill(pid);
  });

  test('a child that no signal of ours reaches keeps neither the call nor the process', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pveigpu-run-'));
    try {
      // A session of its own is out of reach of our signal, as a process that hangs in the kernel is.
      const code = `const answer = await host.run(['sh', '-c', 'setsid sleep 6 & wait'], { timeoutMs: 200 });
        console.log(answer.ok ? '' : answer.problem.code);`;
      expect(printedBy(programWithHost(folder, code))).toBe('host.timeout\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const stat = await host.read(`/proc/${pid}/stat`);
    if (stat.kind !== 'content' || / Z /.test(stat.value)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`process ${pid} is still there`);
}
