// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { VF_BOOT_UNIT_NAME, vfBootUnit } from '../../../src/core/boot/vf-boot-unit.ts';
import { VF_UDEV_RULE } from '../../../src/core/boot/vf-udev-rule.ts';
import type { ServiceRunner } from '../../../src/simulator/machine.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { RAPTOR_LAKE_S } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode, type SimulatedNodeOptions } from '../../../src/simulator/simulated-node.ts';

const UNIT = '/etc/systemd/system/test.service';
const GPU = '0000:00:02.0';

function unitNode(options: SimulatedNodeOptions = {}, vms: Profile['vms'] = {}) {
  const node = createSimulatedNode({ ...RAPTOR_LAKE_S, vms }, options);
  const { machine } = node;
  const run = async (...argv: readonly string[]) => await machine.run(argv);
  return { node, machine, run };
}

/** Notes what is run; `answer` is the exit code of everything. */
function noting(answer = 0): { readonly calls: string[]; readonly runner: ServiceRunner } {
  const calls: string[] = [];
  return {
    calls,
    runner: async ({ argv, say }) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      calls.push(argv.join(' '));
      say('hello');
      return answer;
    },
  };
}

const SERVICE = (exec: string, more = '') =>
  `[Unit]\nDescription=test\n${more}\n[Service]\nType=oneshot\nExecStart=${exec}\n\n[Install]\nWantedBy=multi-user.target\n`;

describe('systemctl, as systemd 257 answers', () => {
  test('enable, is-enabled, disable', async () => {
    const { run, machine } = unitNode();
    const before = machine.tree.names('/etc/systemd/system/multi-user.target.wants');
    machine.tree.setFile(UNIT, SERVICE('/usr/bin/true'));
    expect(await run('systemctl', 'is-enabled', 'test.service')).toMatchObject({ exitCode: 1, stdout: 'disabled\n' });
    expect(await run('systemctl', 'enable', 'test.service')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `Created symlink '/etc/systemd/system/multi-user.target.wants/test.service' → '${UNIT}'.\n`,
    });
    expect(await run('systemctl', 'enable', 'test.service')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await run('systemctl', 'is-enabled', 'test.service')).toMatchObject({ exitCode: 0, stdout: 'enabled\n' });
    expect((await run('systemctl', 'disable', 'test.service')).stderr).toMatch(/^Removed '.*test\.service'\.\n$/);
    expect(machine.tree.names('/etc/systemd/system/multi-user.target.wants')).toEqual(before);
  });

  test.each([
    [['is-enabled', 'nosuch.service'], 4, 'not-found\n', ''],
    [['enable', 'nosuch.service'], 1, '', 'Failed to enable unit: Unit nosuch.service does not exist\n'],
    [['start', '--no-block', 'nosuch.service'], 5, '', 'Failed to start nosuch.service: Unit nosuch.service not found.\n'],
    [['is-active', 'nosuch.service'], 4, 'inactive\n', ''],
    [['is-active', 'pvedaemon.service', 'nosuch.service'], 0, 'active\ninactive\n', ''],
    [['is-system-running'], 0, 'running\n', ''],
  ])('%s', async (words, exitCode, stdout, stderr) => {
    expect(await unitNode().run('systemctl', ...words)).toEqual({ exitCode, stdout, stderr });
  });

  test('a changed file counts after daemon-reload', async () => {
    const { calls, runner } = noting();
    const { run, machine, node } = unitNode({ unitRunner: runner });
    machine.tree.setFile(UNIT, SERVICE('/usr/bin/one'));
    const start = async () => {
      await run('systemctl', 'start', '--no-block', 'test.service');
      await node.settled();
    };
    await start();
    machine.tree.setFile(UNIT, SERVICE('/usr/bin/two'));
    await start();
    await run('systemctl', 'daemon-reload');
    await start();
    expect(calls).toEqual(['/usr/bin/one', '/usr/bin/one', '/usr/bin/two']);
  });
});

describe('a boot', () => {
  test('starts what is enabled: before the guests what is ordered before them, and only then', async () => {
    const guests: boolean[] = [];
    const runner: ServiceRunner = async ({ machine, unit }) => {
      if (unit === 'early.service' || unit === 'late.service')
        guests.push(machine.kernel.processes().some(({ command }) => command === 'kvm'));
      return 0;
    };
    const { node, run, machine } = unitNode({ unitRunner: runner }, { 900: 'name: x\nmemory: 512\nonboot: 1\n' });
    const folder = '/etc/systemd/system';
    machine.tree.setFile(`${folder}/early.service`, SERVICE('/usr/bin/early', 'Before=pve-guests.service'));
    machine.tree.setFile(`${folder}/late.service`, SERVICE('/usr/bin/late'));
    machine.tree.setFile(`${folder}/never.service`, SERVICE('/usr/bin/never', 'ConditionPathExists=/nosuch'));
    for (const name of ['early', 'late', 'never']) await run('systemctl', 'enable', `${name}.service`);
    await node.reboot({ startGuests: true });
    expect(guests).toEqual([false, true]);
    expect((await run('journalctl', '-u', 'never.service', '-b', '--no-pager', '-o', 'cat')).stdout).toBe('-- No entries --\n');
  });

  test('what a unit said can be read, and is gone after the next boot; a failed one degrades the system', async () => {
    const { node, run, machine } = unitNode({ unitRunner: noting(3).runner });
    machine.tree.setFile(UNIT, SERVICE('/usr/bin/x'));
    await run('systemctl', 'enable', 'test.service');
    await node.reboot();
    expect((await run('journalctl', '-u', 'test.service', '-b', '--no-pager', '-o', 'cat')).stdout).toContain('\nhello\n');
    expect(await run('systemctl', 'is-system-running')).toMatchObject({ exitCode: 1, stdout: 'degraded\n' });
    machine.tree.setFile(UNIT, SERVICE('-/usr/bin/x'));
    await node.reboot();
    expect(await run('systemctl', 'is-system-running')).toMatchObject({ exitCode: 0 });
    await run('systemctl', 'disable', 'test.service');
    await node.reboot();
    expect((await run('journalctl', '-u', 'test.service', '-b', '--no-pager', '-o', 'cat')).stdout).toBe('-- No entries --\n');
  });

  test('a daemon of Proxmox VE that a test breaks does not come up', async () => {
    const { node, run, machine } = unitNode();
    machine.units.broken.add('pveproxy.service');
    await node.reboot();
    expect(await run('systemctl', 'is-active', 'pveproxy.service', 'pvedaemon.service')).toMatchObject({
      stdout: 'failed\nactive\n',
    });
  });
});

describe('udev', () => {
  const RULE = '/etc/udev/rules.d/90-pveigpu.rules';

  test('our rule starts the unit when the GPU gets its driver again, and not for its VFs or other functions', async () => {
    const { calls, runner } = noting();
    const { node, machine } = unitNode({ unitRunner: runner });
    machine.tree.setFile(`/etc/systemd/system/${VF_BOOT_UNIT_NAME}`, vfBootUnit('/usr/bin/pveigpu'));
    machine.tree.setFile('/var/lib/pveigpu/desired.json', '{}');
    machine.tree.setFile(RULE, VF_UDEV_RULE);
    await node.poke(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '2');
    await node.settled();
    expect(calls).toEqual([]);
    await node.poke(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '0');
    await node.poke('/sys/bus/pci/drivers/i915/unbind', GPU);
    await node.poke('/sys/bus/pci/drivers/i915/bind', GPU);
    await node.settled();
    expect(calls).toEqual(['/usr/bin/pveigpu boot']);
  });
});

describe('systemd-run', () => {
  const CALL = [
    'systemd-run',
    '--unit',
    'a.service',
    '--collect',
    '--no-block',
    '--quiet',
    '-p',
    'StandardOutput=append:/root/log',
    '--',
  ];

  test('runs a program on its own, and its output goes into the file', async () => {
    const { calls, runner } = noting();
    const { node, run, machine } = unitNode({ transientRunner: runner });
    expect(machine.tree.names('/run/systemd/system')).toEqual([]);
    machine.tree.setFile('/root/log', '', { mode: 0o600 });
    expect(await run(...CALL, '/usr/bin/pveigpu', 'carry-on', 'x')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect((await run('systemctl', 'is-active', 'a.service')).stdout).toBe('active\n');
    expect((await run(...CALL, '/usr/bin/pveigpu')).stderr).toContain('was already loaded');
    await node.settled();
    expect((await run('systemctl', 'is-active', 'a.service')).stdout).toBe('inactive\n');
    expect(calls).toEqual(['/usr/bin/pveigpu carry-on x']);
    expect(machine.tree.text('/root/log')).toBe('hello\n');
  });

  test('a node without it says so', async () => {
    const { run, machine } = unitNode();
    expect(machine.tree.names('/run/systemd/system')).toBeUndefined();
    expect(await run(...CALL, '/usr/bin/pveigpu')).toMatchObject({ exitCode: 1 });
  });

  test('what ends it from outside is thrown to the one who waits', async () => {
    const { run, node } = unitNode({
      transientRunner: async () => {
        throw new Error('the power is gone');
      },
    });
    await run(...CALL, '/usr/bin/pveigpu');
    await expect(node.settled()).rejects.toThrow('the power is gone');
  });
});
