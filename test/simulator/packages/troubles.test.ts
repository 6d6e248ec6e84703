// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDebianVersions } from '../../../src/simulator/packages/debian-version.ts';
import { holdDpkgLock } from '../../../src/simulator/packages/dpkg-lock.ts';
import { i915SriovDeb } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { kernelPackage } from '../../../src/simulator/packages/kernel-packages.ts';
import { placeSources } from '../../../src/simulator/packages/sources.ts';
import { RAPTOR_LAKE_S_UNTOUCHED } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { APT, packageNode } from './package-node.ts';

const HEADERS = 'proxmox-headers-7.0.14-12-pve';

describe('what apt says when', () => {
  test('the enterprise repository refuses: its packages are unknown, those of Debian are not', async () => {
    const { run, machine } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
    placeSources(machine.tree, 'enterprise');
    expect(await run(...APT, 'update')).toMatchObject({ exitCode: 100, stderr: expect.stringContaining('401  Unauthorized') });
    expect(await run(...APT, '-s', 'install', HEADERS)).toMatchObject({
      exitCode: 100,
      stderr: `E: Unable to locate package ${HEADERS}\n`,
    });
    expect((await run(...APT, '-s', 'install', 'dkms')).exitCode).toBe(0);
    expect((await run('apt-cache', 'policy', HEADERS)).stdout).toBe('');
  });

  test('the node is offline: only what is on the disk can be installed', async () => {
    const { run, machine, must } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
    machine.packages.troubles.offline = true;
    const answer = await run(...APT, 'install', HEADERS);
    expect(answer).toMatchObject({
      exitCode: 100,
      stderr: expect.stringContaining("Temporary failure resolving 'download.proxmox.com'"),
    });
    expect(machine.tree.text('/var/lib/dpkg/status')).not.toContain(`Package: ${HEADERS}\n`);
    machine.packages.troubles.offline = false;
    await must(...APT, 'install', HEADERS, 'dkms', 'build-essential');
    machine.tree.remove('/proc/net/route');
    machine.tree.setFile('/root/a.deb', i915SriovDeb('2026.05.06'));
    await must(...APT, 'install', '/root/a.deb');
  });

  test('somebody else holds the lock: after the time that was given, and never for -s', async () => {
    const { run, machine } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
    const letGo = holdDpkgLock(machine, 'unattended-upgr');
    const answer = await run(...APT, '-o', 'DPkg::Lock::Timeout=60', '-o', 'Dpkg::Options::=--force-confold', 'install', HEADERS);
    expect(answer.exitCode).toBe(100);
    expect(answer.stdout).toMatch(
      /^Waiting for cache lock: .*lock-frontend\. It is held by process \d+ \(unattended-upgr\)\.\.\.$/m,
    );
    expect(answer.stderr).toContain('Unable to acquire the dpkg frontend lock');
    expect((await run(...APT, '-s', 'install', HEADERS)).exitCode).toBe(0);
    expect((await run('dpkg', '--configure', '-a')).exitCode).toBe(2);
    letGo();
    expect((await run(...APT, 'install', HEADERS)).exitCode).toBe(0);
  });

  test('the disk is full: nothing is half there', async () => {
    const { run, machine, node } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
    const before = node.persistentFiles();
    machine.packages.troubles.diskFull = true;
    const answer = await run(...APT, 'install', HEADERS);
    expect(answer).toMatchObject({ exitCode: 100, stderr: expect.stringContaining('No space left on device') });
    expect(node.persistentFiles()).toEqual(before);
  });

  test.each([
    [['install', 'nosuch'], 'E: Unable to locate package nosuch\n'],
    [['install', 'dkms=1.0'], "E: Version '1.0' for 'dkms' was not found\n"],
    [['install', '/root/nosuch.deb'], 'E: Unsupported file /root/nosuch.deb given on commandline\n'],
    [['remove', 'nosuch'], 'E: Unable to locate package nosuch\n'],
  ])('%s is asked for', async (words, stderr) => {
    expect(await packageNode(RAPTOR_LAKE_S_UNTOUCHED).run(...APT, ...words)).toMatchObject({ exitCode: 100, stderr });
  });

  test('an older version is asked for without --allow-downgrades', async () => {
    const { run, machine, must } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
    await must(...APT, 'install', 'dkms', 'build-essential');
    machine.tree.setFile('/root/new.deb', i915SriovDeb('2026.05.06'));
    machine.tree.setFile('/root/old.deb', i915SriovDeb('2026.05.03'));
    await must(...APT, 'install', '/root/new.deb');
    expect(await run(...APT, 'install', '/root/old.deb')).toMatchObject({
      exitCode: 100,
      stderr: 'E: Packages were downgraded and -y was used without --allow-downgrades.\n',
    });
    expect(await must(...APT, '--allow-downgrades', 'install', '/root/old.deb')).toContain('1 downgraded');
  });
});

test('an old kernel is offered only where a test adds it', async () => {
  const { run, machine, must } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
  const name = 'proxmox-kernel-6.5.13-5-pve-signed';
  expect((await run('apt-cache', 'policy', name)).stdout).toBe('');
  machine.packages.offered.push(kernelPackage('6.5.13-5-pve'));
  expect((await run('apt-cache', 'policy', '^proxmox-kernel-')).stdout).toContain(
    `${name}:\n  Installed: (none)\n  Candidate: 6.5.13-5\n`,
  );
  await must(...APT, 'install', `${name}=6.5.13-5`);
  expect(machine.tree.text('/boot/vmlinuz-6.5.13-5-pve')).toBeDefined();
});

describe('versions', () => {
  test.each([
    ['6.17.9-1', '6.17.13-2', -1],
    ['7.0.14-12', '7.0.14-2', 1],
    ['1:1.0', '9.9', 1],
    ['1.0~rc1', '1.0', -1],
    ['3.2.2-1~deb13u1', '3.2.2-1', -1],
    ['1.0', '1.0-0', 0],
    ['1.0+b1', '1.0a', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareDebianVersions(a, b))).toBe(sign);
  });

  test.skipIf(!existsSync('/usr/bin/dpkg'))('are compared as the dpkg of this machine does', () => {
    const part = fc.stringMatching(/^[0-9][0-9a-z.+~]{0,6}$/);
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(compareDebianVersions(a, b) < 0).toBe(dpkgSays(a, 'lt', b));
      }),
      { numRuns: 60 },
    );
  });

  test('dpkg --compare-versions answers by its exit code', async () => {
    const { run } = packageNode(RAPTOR_LAKE_S_UNTOUCHED);
    expect((await run('dpkg', '--compare-versions', '1.0', 'lt', '1.1')).exitCode).toBe(0);
    expect((await run('dpkg', '--compare-versions', '1.0', 'gt', '1.1')).exitCode).toBe(1);
  });
});

function dpkgSays(a: string, operator: string, b: string): boolean {
  try {
    execFileSync('dpkg', ['--compare-versions', a, operator, b], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
