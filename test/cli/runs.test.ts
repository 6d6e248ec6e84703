// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import { detachedRun, startDetached } from '../../src/app/engine/detached.ts';
import { parseOrder } from '../../src/app/engine/detached-order.ts';
import { detachedIo } from '../../src/cli/commands/carry-on.ts';
import { withAbsolutePaths } from '../../src/cli/driver-options.ts';
import { EXIT } from '../../src/cli/exit-code.ts';
import type { Io } from '../../src/cli/io.ts';
import type { RunOptions } from '../../src/ports/host.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { jsonOf, mustType, raptorLake, sentence, typed } from './command-line.ts';

/** What lasts, without directories, which stay when they were needed once. */
function files(machine: Simulated): { readonly [path: string]: string } {
  return Object.fromEntries(Object.entries(machine.lasting()).filter(([path]) => !path.endsWith('/') && !path.endsWith('.bak')));
}

/** Types a line of host set-up, boots where that is needed, and confirms. */
async function set(machine: Simulated, line: string): Promise<void> {
  const ran = await typed(machine, line);
  expect([EXIT.done, EXIT.rebootNeeded], `${line}: ${ran.out}${ran.err}`).toContain(ran.code);
  if (ran.code === EXIT.done) return;
  expect(await machine.node.reboot()).toEqual({ booted: true });
  await mustType(machine, 'confirm --yes');
}

describe('history', () => {
  test('lists what was done, and the steps of one run', async () => {
    const machine = raptorLake();
    expect((await typed(machine, 'history')).out).toBe('Nothing has been done here yet.\n');
    await mustType(machine, 'assign 101 --vf 3 --yes');
    await mustType(machine, 'unassign 101 --yes');
    const { out } = await mustType(machine, 'history');
    expect(out.trimEnd().split('\n').length).toBeGreaterThan(2);
    expect(out).toMatch(/^1 +\d{4}-\d\d-\d\d \d\d:\d\d +done +/m);
    const one = await mustType(machine, 'history 1');
    expect(one.out).toMatch(/^Run 1, .* done: /);
    expect(one.out).toMatch(/^ {2}done {9}\/sys\/\S+sriov_numvfs \(make \d VFs\)$/m);
    expect((await mustType(machine, 'history 2')).out).toMatch(/^ {2}done {9}VM 101 \(/m);
    expect(jsonOf(await mustType(machine, 'history 1 --json'))).toMatchObject({
      kind: 'history',
      runs: [{ number: 1, state: 'done' }],
    });
    expect((await typed(machine, 'history 99')).code).toBe(EXIT.usage);
  });

  test('a run that cannot be read is named, and the others are shown', async () => {
    const machine = raptorLake();
    await mustType(machine, 'assign 101 --vf 3 --yes');
    machine.node.machine.tree.setFile('/var/lib/pveigpu/journal/0001.json', '{"format":1,');
    const ran = await typed(machine, 'history');
    expect(ran.code).toBe(EXIT.notMeasured);
    expect(ran.err).toContain('/var/lib/pveigpu/journal/0001.json cannot be understood');
  });
});

describe('rollback', () => {
  test('--all gives guests, pools and host back as they were', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    const before = files(machine);
    await set(machine, 'apply sriov --yes');
    await mustType(machine, 'assign 101 --yes');
    expect(machine.config(101)).toContain('hostpci0: mapping=igpu-vf');
    await set(machine, 'rollback --all --yes');
    expect(files(machine)).toEqual(before);
    expect(machine.node.machine.tree.text('/var/lib/pveigpu/desired.json')).toBe('{\n "format": 1,\n "gpus": {}\n}\n');
    expect((await mustType(machine, 'rollback --all --yes')).out).toContain('nothing to do');
  });

  test('to a run goes back to what was desired before it', async () => {
    const machine = simulated('raptor-lake-s');
    await set(machine, 'apply sriov --vfs 2 --yes');
    const [before, desired] = [files(machine), machine.node.machine.tree.text('/var/lib/pveigpu/desired.json')];
    const { runs } = jsonOf(await mustType(machine, 'history --json')) as unknown as { runs: readonly { number: number }[] };
    await set(machine, 'apply host --yes');
    expect(files(machine)).not.toEqual(before);
    await set(machine, `rollback ${(runs.at(-1)?.number ?? 0) + 1} --yes`);
    expect(files(machine)).toEqual(before);
    expect(machine.node.machine.tree.text('/var/lib/pveigpu/desired.json')).toBe(desired);
  });

  test('without a number, with both, and with a number that no run has, it is refused', async () => {
    const machine = raptorLake();
    expect(sentence(await typed(machine, 'rollback'))).toBe('Say how far to go back: the number of a run, or --all.');
    expect((await typed(machine, 'rollback 1 --all')).code).toBe(EXIT.usage);
    expect(sentence(await typed(machine, 'rollback 7 --yes'))).toBe('There is no run 7.');
  });
});

describe('a command that goes on by itself', () => {
  const io = (): Io & { readonly said: string[] } => {
    const said: string[] = [];
    return {
      said,
      out: (text) => void said.push(text),
      err: (text) => void said.push(text),
      colour: true,
      columns: 80,
      interactive: false,
      confirm: async () => false,
    };
  };

  test('does what was shown, without showing it again, and nothing else', async () => {
    const outer = io();
    const same = detachedIo(outer, { agreed: 'the plan\n', columns: 60 });
    same.out('the plan\n');
    expect(outer.said).toEqual([]);
    expect(await same.confirm('Apply this?')).toBe(true);
    same.out('step 1 of 1\n');
    expect(outer.said).toEqual(['step 1 of 1\n']);
    const other = detachedIo(io(), { agreed: 'the plan\n', columns: 60 });
    other.out('another plan\n');
    expect(await other.confirm('Apply this?')).toBe(false);
  });

  /** A node on which systemd is at work: a transient unit is the product itself, and its output goes into the log. */
  function withSystemd(machine: Simulated): Pick<Simulated, 'context'> & { readonly starts: string[] } {
    const { tree } = machine.node.machine;
    tree.setDirectory('/run/systemd/system');
    const starts: string[] = [];
    let active = false;
    const run = async (argv: readonly [string, ...string[]], options?: RunOptions) => {
      const answer = (exitCode: number, stdout = '') => ({ ok: true as const, value: { exitCode, stdout, stderr: '' } });
      if (argv.slice(0, 2).join(' ') === 'systemctl is-active') return active ? answer(0, 'active\n') : answer(3, 'inactive\n');
      if (argv[0] !== 'systemd-run') return await machine.node.run(argv, options);
      const log = argv.find((word) => word.startsWith('StandardOutput='))?.replace('StandardOutput=append:', '') ?? '';
      starts.push(argv.slice(argv.indexOf('carry-on')).join(' '));
      active = true;
      void typed(detached, starts.at(-1) ?? '').then(({ out, err }) => {
        tree.setFile(log, `${tree.text(log) ?? ''}${err}${out}`);
        active = false;
      });
      return answer(0);
    };
    const host = new Proxy(machine.node, {
      get: (target, name) => {
        if (name === 'run') return run;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const detached = { context: { ...machine.context, host, pve: new PveCli(host) }, starts };
    return detached;
  }

  test.each([['--yes', null] as const, ['', 'yes'] as const])(
    'apply %s does its work in a unit and shows what that prints',
    async (flag, answer) => {
      const machine = simulated('raptor-lake-s-untouched');
      const node = withSystemd(machine);
      const ran = await typed(node, `apply sriov ${flag}`, { answer });
      expect([EXIT.done, EXIT.rebootNeeded], ran.err).toContain(ran.code);
      expect(node.starts).toEqual(['carry-on /run/pveigpu/apply-1.json']);
      expect(ran.err).toContain('This goes on in pveigpu-apply-1.service');
      expect(ran.out.match(/\/etc\/modprobe\.d\/pveigpu\.conf {2}\(/g)).toHaveLength(1);
      expect(ran.out).toMatch(/^step 1 of \d+: /m);
      expect(ran.out).toContain('Done: set up ');
      const again = await typed(node, 'follow');
      expect(again.code).toBe(ran.code);
      expect(again.out).toContain('Done: set up ');
      expect(machine.node.machine.tree.text('/etc/modprobe.d/pveigpu.conf')).toBeDefined();
    },
  );

  test('paths on its command line hold in the folder of the unit as well', async () => {
    const line = ['apply', 'sriov', '--deb', 'a.deb,./b.deb', '--patch=p.diff', '--driver-from', '/x/y.deb', '--kernel=6.17'];
    const here = process.cwd();
    expect(withAbsolutePaths(line)).toEqual([
      ...['apply', 'sriov', '--deb', `${here}/a.deb,${here}/b.deb`, `--patch=${here}/p.diff`],
      ...['--driver-from', '/x/y.deb', '--kernel=6.17'],
    ]);
    expect(withAbsolutePaths(['apply', '--deb=k.deb'])).toEqual(['apply', `--deb=${here}/k.deb`]);
  });

  test('a plan that is another by the time it starts is not done', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    const node = withSystemd(machine);
    const before = machine.lasting();
    const beforeAnswer = () =>
      machine.node.machine.tree.setFile('/etc/modprobe.d/pveigpu.conf', '# Written by pveigpu\noptions xe max_vfs=3\n');
    const ran = await typed(node, 'apply sriov', { answer: 'yes', beforeAnswer });
    expect(ran.code, ran.out).toBe(EXIT.failed);
    expect(ran.out).toContain('is not what was shown');
    expect(machine.lasting()).toEqual({
      ...before,
      '/etc/modprobe.d/pveigpu.conf': '# Written by pveigpu\noptions xe max_vfs=3\n',
    });
  });

  test('gets its order in a file that only root reads, and a log', async () => {
    const machine = simulated('raptor-lake-s');
    const order = { format: 1, argv: ['apply', 'sriov'], agreed: 'the plan\n', columns: 80 } as const;
    const calls: (readonly string[])[] = [];
    const host = new Proxy(machine.node, {
      get: (target, name) => {
        if (name !== 'run') {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return async (argv: readonly string[]) => {
          calls.push(argv);
          return { ok: true, value: { exitCode: argv[0] === 'systemctl' ? 3 : 0, stdout: 'inactive\n', stderr: '' } };
        };
      },
    });
    const started = await startDetached({ ...machine.context, host }, order, ['pveigpu']);
    const run = detachedRun(1);
    expect(started).toEqual({ ok: true, value: run });
    const output = `append:${run.log}`;
    expect(calls.at(-1)).toEqual([
      'systemd-run',
      ...['--unit', 'pveigpu-apply-1.service', '--collect', '--no-block', '--quiet'],
      ...['-p', `StandardOutput=${output}`, '-p', `StandardError=${output}`],
      ...['--', 'pveigpu', 'carry-on', '/run/pveigpu/apply-1.json'],
    ]);
    expect(parseOrder(machine.node.machine.tree.text(run.order) ?? '', run.order)).toEqual({ ok: true, value: order });
    expect(machine.node.machine.tree.get(run.order)).toMatchObject({ mode: 0o600 });
    expect(machine.node.machine.tree.text(run.log)).toBe('');
  });
});
