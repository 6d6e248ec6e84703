// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { localHost } from '../../src/adapters/host-local.ts';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { dpkgLockHolder } from '../../src/app/dpkg-lock.ts';
import { preflight } from '../../src/app/preflight.ts';
import type { Step } from '../../src/core/plan/action.ts';
import { factsOf } from '../support/facts.ts';
import { machine } from '../support/machine.ts';

const install = (name: string): Step => ({ action: 'installPackage', args: { packages: [{ name }], before: {} }, reason: 'x' });

describe('the lock of dpkg', () => {
  const busy = (target: string) =>
    machine()
      .withFile('/proc/locks', '1: POSIX  ADVISORY  WRITE 812 fe:00:402117 0 EOF\n')
      .withFile('/proc/812/comm', 'unattended-upgr\n')
      .withLink('/proc/812/fd/0', '/dev/null')
      .withLink('/proc/812/fd/4', target);

  test('is seen by the file that its holder has open', async () => {
    const host = memoryHost(busy('/var/lib/dpkg/lock-frontend').tree);
    expect(await dpkgLockHolder(host)).toEqual({ pid: 812, command: 'unattended-upgr' });
    expect(await preflight({ host }, factsOf({}), [install('dkms')])).toMatchObject([{ id: 'packages.locked' }]);
  });

  test('another lock of that process is nothing to us', async () => {
    expect(await dpkgLockHolder(memoryHost(busy('/run/other.lock').tree))).toBeUndefined();
  });
});

test('a plan without packages is not held up by them', async () => {
  const packages = [{ name: 'x', version: '1', state: 'half-configured' }];
  expect(await preflight({ host: memoryHost() }, factsOf({ packages: { packages } }), [])).toEqual([]);
});

describe.skipIf(!existsSync('/usr/bin/apt-get'))('with the apt of this machine', () => {
  test('a package that nobody has is found before the first step', { timeout: 60_000 }, async () => {
    const found = await preflight({ host: localHost() }, factsOf({}), [install('proxmox-kernel-0.0.0-0-pve-signed')]);
    expect(found).toMatchObject([
      {
        level: 'blocker',
        id: 'packages.not-offered',
        text: expect.stringContaining('proxmox-kernel-0.0.0-0-pve-signed is not in'),
      },
    ]);
  });
});
