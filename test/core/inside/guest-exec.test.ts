// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insideAnswer, insideArgv } from '../../../src/core/inside/guest-exec.ts';
import { commandLine, quick, writeFile } from '../../../src/core/inside/inside-step.ts';

const VM = { kind: 'qemu', vmid: 101 } as const;
const CT = { kind: 'lxc', vmid: 200 } as const;
const UNAME = quick('uname', '-r');
const answered = (stdout: string) => insideAnswer(VM, UNAME, { exitCode: 0, stdout, stderr: '' });
const failed = (stderr: string) => insideAnswer(VM, UNAME, { exitCode: 255, stdout: '', stderr });

describe('the call', () => {
  test('for a VM and for a container', () => {
    expect(insideArgv(VM, UNAME).join(' ')).toBe('qm guest exec 101 --timeout 30 -- uname -r');
    expect(insideArgv(VM, writeFile('/etc/x', 'y')).join(' ')).toBe(
      'qm guest exec 101 --timeout 30 --pass-stdin 1 -- tee /etc/x',
    );
    expect(insideArgv(CT, UNAME).join(' ')).toBe('pct exec 200 -- uname -r');
  });

  test('as a shell would take it', () => {
    expect(commandLine(quick('sed', "s/'/$x/", '/a b'))).toBe(`sed 's/'\\''/$x/' '/a b'`);
    expect(commandLine(writeFile('/etc/x', 'one\ntwo'))).toBe("tee /etc/x <<'END'\none\ntwo\nEND");
  });
});

describe('the answer of the agent', () => {
  test('as PVE prints it', () => {
    expect(answered('{\n   "exitcode" : 0,\n   "exited" : 1,\n   "out-data" : "6.12.57+deb13-amd64\\n"\n}\n')).toEqual({
      ok: true,
      value: { exitCode: 0, stdout: '6.12.57+deb13-amd64\n', stderr: '', truncated: false },
    });
    const failing = answered('{\n   "err-data" : "no\\n",\n   "exitcode" : 2,\n   "exited" : 1,\n   "out-truncated" : 1\n}\n');
    expect(failing).toMatchObject({ ok: true, value: { exitCode: 2, stderr: 'no\n', truncated: true } });
    expect(answered('{"exited":1,"signal":9}')).toMatchObject({ ok: true, value: { exitCode: 137 } });
  });

  test('letters beyond ASCII come as bytes', () => {
    const bytes = [...new TextEncoder().encode('größer “x”\n')].map((byte) => String.fromCharCode(byte)).join('');
    expect(answered(JSON.stringify({ exited: 1, exitcode: 0, 'out-data': bytes }))).toMatchObject({
      ok: true,
      value: { stdout: 'größer “x”\n' },
    });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const said = [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('');
        const answer = answered(JSON.stringify({ exited: 1, exitcode: 0, 'out-data': said }));
        // A text that begins with a byte-order mark loses it.
        expect(answer).toMatchObject({ ok: true, value: { stdout: text.replace(/^\ufeff/, '') } });
      }),
    );
  });

  test('a program that goes on', () => {
    const answer = answered('{\n   "pid" : 1234\n}\n');
    expect(answer).toMatchObject({
      ok: false,
      problem: { code: 'guest.slow', message: 'uname had not ended in VM 101 after 30 s; it goes on there as process 1234.' },
    });
  });

  test.each([
    ['No QEMU guest agent configured\n', 'guest.no-agent', /no guest agent in its configuration/],
    ['QEMU guest agent is not running\n', 'guest.no-agent', /does not answer/],
    ['Agent error: Command guest-exec has been disabled\n', 'guest.no-agent', /does not allow guest-exec/],
    ['VM 101 is not running\n', 'guest.not-running', /does not run/],
    ["VM 101 qga command 'guest-exec' failed - got timeout\n", 'guest.slow', /did not answer in time/],
    ['Agent error: something \x1b[31mnew\n', 'host.run', /something \\x1b\[31mnew/],
  ])('%j', (said, code, words) => {
    expect(failed(said)).toMatchObject({ ok: false, problem: { code, message: expect.stringMatching(words) } });
  });

  test.each([
    [
      'before QEMU 9.1',
      "Guest agent command failed, error was 'Failed to execute child process “vainfo” (No such file or directory)'",
    ],
    ['from QEMU 9.1 on', 'Failed to execute child process “vainfo” (No such file or directory)'],
  ])('a program that is not there, %s', (_version, why) => {
    const said = `Agent error: ${why}\n`;
    expect(failed(said)).toMatchObject({ ok: true, value: { exitCode: 127 } });
  });

  test('anything else is a problem or an answer, never a throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void answered(text)));
  });
});

test('a container answers by itself, and one that is stopped does not', () => {
  const ran = { exitCode: 3, stdout: 'out', stderr: 'err' };
  expect(insideAnswer(CT, UNAME, ran)).toEqual({ ok: true, value: { ...ran, truncated: false } });
  const stopped = insideAnswer(CT, UNAME, { exitCode: 255, stdout: '', stderr: "container '200' not running!\n" });
  expect(stopped).toMatchObject({ ok: false, problem: { code: 'guest.not-running' } });
});
