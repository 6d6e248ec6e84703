// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { terminalLog } from '../../src/adapters/log-terminal.ts';
import { FileTree } from '../../src/core/files/file-tree.ts';

describe('a machine in memory fails on demand', () => {
  test.each([
    ['ENOSPC', 'host.write'],
    ['EDQUOT', 'host.write'],
    ['EROFS', 'host.read-only'],
  ])('writes with %s', async (errno, code) => {
    const tree = new FileTree();
    tree.setFile('/etc/file', 'old');
    const host = memoryHost(tree, { onAccess: (operation) => (operation === 'write' ? errno : undefined) });
    expect(await host.writeAtomic('/etc/file', 'new')).toMatchObject({
      ok: false,
      problem: { code, message: expect.stringContaining(errno) },
    });
    expect(await host.read('/etc/file')).toEqual({ kind: 'content', value: 'old' });
  });

  test('a cluster without quorum is told from a missing right', async () => {
    const host = memoryHost(new FileTree(), { onAccess: () => 'EACCES' });
    const cluster = await host.writeAtomic('/etc/pve/mapping/pci.cfg', '');
    const other = await host.writeAtomic('/etc/pvetest/x', '');
    expect(cluster).toMatchObject({ ok: false, problem: { code: 'host.read-only', hint: expect.stringContaining('quorum') } });
    expect(other).toMatchObject({ ok: false, problem: { code: 'host.write', hint: expect.stringContaining('root') } });
  });

  test('a poke and a timed read that hang, a folder that vanishes', async () => {
    const tree = new FileTree();
    tree.setFile('/sys/devices/x/driver_override', '(null)\n');
    const host = memoryHost(tree, {
      onAccess: (operation, path) => {
        if (operation === 'stat') tree.remove('/sys/devices/x');
        return path.endsWith('driver_override') && operation !== 'stat' ? 'HANG' : undefined;
      },
    });
    expect(await host.poke('/sys/devices/x/driver_override', 'vfio-pci')).toEqual({ kind: 'timeout' });
    expect(await host.read('/sys/devices/x/driver_override', { timeoutMs: 5 })).toEqual({
      kind: 'unreadable',
      errno: 'ETIMEDOUT',
    });
    expect(await host.list('/sys/devices/x')).toEqual({ kind: 'content', value: ['driver_override'] });
    expect(await host.stat('/sys/devices/x/driver_override')).toEqual({ kind: 'absent' });
  });

  test('programs answer by their whole command line or by name', async () => {
    const host = memoryHost(new FileTree(), {
      programs: {
        'qm list': { exitCode: 0, stdout: 'none\n', stderr: '' },
        qm: (argv, { stdin }) => ({ exitCode: 2, stdout: '', stderr: `${argv.length} ${stdin}` }),
      },
    });
    const pieces: string[] = [];
    expect(await host.run(['qm', 'list'], { onOutput: (_, text) => pieces.push(text) })).toMatchObject({
      value: { stdout: 'none\n' },
    });
    expect(await host.run(['qm', 'set', '1'], { stdin: 'x' })).toMatchObject({ value: { exitCode: 2, stderr: '3 x' } });
    expect(await host.run(['pct'])).toMatchObject({ ok: false, problem: { code: 'host.run' } });
    expect(pieces).toEqual(['none\n']);
  });
});

test('the terminal log shows control characters instead of obeying them', () => {
  const written: string[] = [];
  const log = terminalLog((text) => written.push(text));
  log.info('a\x1b[2Jb\nc');
  log.warn('careful');
  expect(written).toEqual(['a\\x1b[2Jb\\nc\n', 'warning: careful\n']);
});
