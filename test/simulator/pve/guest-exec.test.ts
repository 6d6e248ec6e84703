// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { putGuestSystem } from '../../../src/simulator/guests/guest-system.ts';
import { debianGuest } from '../../../src/simulator/guests/usual-guests.ts';
import { simulated } from '../../app/simulated.ts';

async function running() {
  const machine = simulated('raptor-lake-s');
  await machine.must('qm', 'start', '101');
  const system = debianGuest();
  putGuestSystem(machine.node.machine, 101, system);
  return { machine, system };
}

describe('qm guest exec', () => {
  test('JSON as to_json prints it: sorted, three blanks, without what is empty', async () => {
    const { machine } = await running();
    expect(await machine.run('qm', 'guest', 'exec', '101', '--timeout', '5', '--', 'uname', '-r')).toEqual({
      exitCode: 0,
      text: '{\n   "exitcode" : 0,\n   "exited" : 1,\n   "out-data" : "6.12.57+deb13-amd64\\n"\n}\n',
    });
    expect((await machine.run('qm', 'guest', 'exec', '101', '--', 'cat', '/nowhere')).text).toBe(
      '{\n   "err-data" : "cat: /nowhere: No such file or directory\\n",\n   "exitcode" : 1,\n   "exited" : 1\n}\n',
    );
  });

  test('standard input, and each byte of a letter as a character of its own', async () => {
    const { machine, system } = await running();
    const ran = await machine.node.run(['qm', 'guest', 'exec', '101', '--pass-stdin', '1', '--', 'tee', '/etc/x'], {
      stdin: 'ö\n',
    });
    expect(ran).toMatchObject({ ok: true, value: { stdout: expect.stringContaining('"out-data" : "Ã¶\\n"') } });
    expect(system.files.get('/etc/x')).toBe('ö\n');
  });

  test('what does not end gives its process, with a warning', async () => {
    const { machine, system } = await running();
    system.script = () => 'hangs';
    expect(await machine.run('qm', 'guest', 'exec', '101', '--timeout', '1', '--', 'sleep', '9')).toMatchObject({
      exitCode: 0,
      text: expect.stringMatching(/^\{\n {3}"pid" : \d+\n\}\ntimeout reached, returning pid\n$/),
    });
  });

  test.each([
    ['silent', 'QEMU guest agent is not running\n'],
    ['slow', "VM 101 qga command 'guest-exec' failed - got timeout\n"],
    ['forbids', 'Agent error: Command guest-exec has been disabled\n'],
  ] as const)('an agent that is %s', async (agent, text) => {
    const { machine, system } = await running();
    system.agent = agent;
    expect(await machine.run('qm', 'guest', 'exec', '101', '--', 'uname', '-r')).toEqual({ exitCode: 255, text });
  });

  test('not running, no agent, no such program, no such option', async () => {
    const { machine } = await running();
    const said = async (...argv: [string, ...string[]]) => (await machine.run('qm', 'guest', 'exec', ...argv)).text;
    expect(await said('100', '--', 'true')).toBe('VM 100 is not running\n');
    expect(await said('103', '--', 'true')).toBe('No QEMU guest agent configured\n');
    expect(await said('101', '--', 'vainfo')).toMatch(/^Agent error: .*Failed to execute child process “vainfo”/);
    expect(await said('101', '--wait', '3', '--', 'true')).toMatch(/Unknown option: wait/);
    expect(await said('999', '--', 'true')).toMatch(/Configuration file .* does not exist/);
  });
});

test('qm agent ping says nothing where the agent answers', async () => {
  const { machine, system } = await running();
  expect(await machine.run('qm', 'agent', '101', 'ping')).toEqual({ exitCode: 0, text: '' });
  system.agent = 'silent';
  expect(await machine.run('qm', 'guest', 'cmd', '101', 'ping')).toEqual({
    exitCode: 255,
    text: 'QEMU guest agent is not running\n',
  });
});

describe('pct exec', () => {
  test('output and exit code are those of the program', async () => {
    const machine = simulated('raptor-lake-s');
    expect(await machine.run('pct', 'exec', '200', '--', 'uname', '-r')).toEqual({
      exitCode: 255,
      text: "container '200' not running!\n",
    });
    await machine.must('pct', 'start', '200');
    expect((await machine.run('pct', 'exec', '200', '--', 'cat', '/etc/os-release')).text).toContain('ID=debian\n');
    expect(await machine.run('pct', 'exec', '200', '--', 'cat', '/nowhere')).toEqual({
      exitCode: 1,
      text: 'cat: /nowhere: No such file or directory\n',
    });
    expect(await machine.run('pct', 'exec', '200', '--', 'vainfo')).toMatchObject({ exitCode: 127 });
  });
});
