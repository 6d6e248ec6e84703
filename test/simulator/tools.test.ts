// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { RAPTOR_LAKE_S, TIGER_LAKE } from '../../src/simulator/profiles/twelfth-generation.ts';
import { tarText } from '../../src/simulator/programs/tools.ts';
import { packageNode } from './packages/package-node.ts';

const ZPOOL = ['zpool', 'get', '-H', '-o', 'name,property,value', 'all'] as const;

test('zpool tells the features of the root pool, and nothing where there is none', async () => {
  const { must, machine } = packageNode(TIGER_LAKE);
  expect(await must(...ZPOOL)).toContain('rpool\tfeature@raidz_expansion\tenabled\n');
  machine.poolFeatures.set('raidz_expansion', 'active');
  expect(await must(...ZPOOL)).toContain('rpool\tfeature@raidz_expansion\tactive\n');
  expect(await packageNode(RAPTOR_LAKE_S).must(...ZPOOL)).toBe('');
});

test('sha256sum is that of the bytes', async () => {
  const { must, machine, run } = packageNode(RAPTOR_LAKE_S);
  machine.tree.setFile('/root/x', 'text\n');
  expect(await must('sha256sum', '/root/x')).toBe(`${createHash('sha256').update('text\n').digest('hex')}  /root/x\n`);
  expect(await run('sha256sum', '/nosuch')).toMatchObject({
    exitCode: 1,
    stderr: 'sha256sum: /nosuch: No such file or directory\n',
  });
});

test('mails are kept', async () => {
  const { node, machine } = packageNode(RAPTOR_LAKE_S);
  await node.run(['sendmail', '-i', '-t'], { stdin: 'To: root\n\nhello\n' });
  expect(machine.mails).toEqual(['To: root\n\nhello\n']);
});

test('an archive is read and unpacked, and the folder removed again', async () => {
  const { must, machine, run } = packageNode(RAPTOR_LAKE_S);
  machine.tree.setFile(
    '/root/a.tar.gz',
    tarText({ 'i915-1.0/dkms.conf': 'PACKAGE_NAME="i915"\n', 'i915-1.0/x/y.c': 'int y;\n' }),
  );
  expect(await must('tar', '-xzOf', '/root/a.tar.gz', '--wildcards', '*/dkms.conf')).toBe('PACKAGE_NAME="i915"\n');
  await must('tar', '--one-top-level=/usr/src/i915-1.0', '--strip-components=1', '--no-same-owner', '-xzf', '/root/a.tar.gz');
  expect(machine.tree.text('/usr/src/i915-1.0/x/y.c')).toBe('int y;\n');
  await must('cp', '-r', '-T', '--', '/usr/src/i915-1.0', '/root/copy');
  expect(machine.tree.text('/root/copy/dkms.conf')).toBe('PACKAGE_NAME="i915"\n');
  await must('rm', '-rf', '--', '/usr/src/i915-1.0');
  expect(machine.tree.get('/usr/src/i915-1.0')).toBeUndefined();
  expect((await run('tar', '-xzOf', '/etc/hostname', '--wildcards', '*/dkms.conf')).exitCode).toBe(2);
});

test('modinfo tells the kernel that a driver of DKMS comes from', async () => {
  const { must } = packageNode(RAPTOR_LAKE_S);
  expect(await must('modinfo', '-F', 'origin_kernel', '/lib/modules/6.17.9-1-pve/updates/dkms/i915.ko')).toBe('7.0.1\n');
});
