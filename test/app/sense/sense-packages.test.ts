// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { sensePackages } from '../../../src/app/sense/sense-packages.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

const STATUS = 'Package: dkms\nStatus: install ok half-configured\nVersion: 3.2.2-1\n\n';

describe('the packages section', () => {
  test('what dpkg and apt know', async () => {
    const tree = machine()
      .withFile('/var/lib/dpkg/status', STATUS)
      .withFile('/etc/apt/sources.list', 'deb http://debian.org/debian trixie main\n')
      .withFile('/etc/apt/sources.list.d/pve.list', 'deb https://enterprise.proxmox.com/debian/pve trixie pve-enterprise\n')
      .withFile('/etc/apt/sources.list.d/pve.list.bak', 'deb http://old.example/ trixie main\n')
      .withFile('/etc/apt/auth.conf.d/pve.conf', 'machine enterprise.proxmox.com/debian/pve\n login x\n password y\n').tree;
    expect(knownValue(await sensePackages(memoryHost(tree)))).toEqual({
      packages: [{ name: 'dkms', version: '3.2.2-1', state: 'half-configured' }],
      sources: [
        { path: '/etc/apt/sources.list', text: 'deb http://debian.org/debian trixie main' },
        {
          path: '/etc/apt/sources.list.d/pve.list',
          text: 'deb https://enterprise.proxmox.com/debian/pve trixie pve-enterprise',
        },
      ],
      enterpriseLogin: true,
    });
  });

  test('a machine without dpkg has none', async () => {
    expect(knownValue(await sensePackages(memoryHost(machine().tree)))).toEqual({
      packages: [],
      sources: [],
      enterpriseLogin: false,
    });
  });
});
