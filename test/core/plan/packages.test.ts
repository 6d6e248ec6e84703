// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { simulatedChanges } from '../../../src/core/plan/apt-simulation.ts';
import { presentPackages } from '../../../src/core/plan/present-packages.ts';

// apt 3.0 of Debian 13, "apt-get -s install dkms" and "apt-get -s remove perl-base" on a plain system.
const INSTALL = `Reading package lists...
Building dependency tree...
The following NEW packages will be installed:
  dctrl-tools dkms
0 upgraded, 2 newly installed, 0 to remove and 3 not upgraded.
Inst dctrl-tools (2.24-3+b1 Debian:13.0/stable [amd64])
Inst libc6 [2.41-12] (2.41-12+deb13u1 Debian:13.1/stable [amd64]) []
Inst libgcc-s1:i386 [14.2.0-19] (14.2.0-20 Debian:13.1/stable [i386])
Inst dkms (3.2.2-1~deb13u1 Debian:13.1/stable [all])
Conf dctrl-tools (2.24-3+b1 Debian:13.0/stable [amd64])
`;

test('what apt-get would install, with what is there now', () => {
  expect(simulatedChanges(INSTALL)).toEqual({
    installs: [
      { name: 'dctrl-tools', before: null },
      { name: 'libc6', before: '2.41-12' },
      { name: 'libgcc-s1', before: '14.2.0-19' },
      { name: 'dkms', before: null },
    ],
    removes: [],
  });
});

test('what apt-get would remove', () => {
  expect(simulatedChanges('Remv dkms [3.2.2-1~deb13u1]\nPurg old:amd64 [1]\n').removes).toEqual(['dkms', 'old']);
});

test('packages that are there in any state', () => {
  const status = [
    'Package: dkms\nStatus: install ok half-configured\nVersion: 3\n',
    'Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n',
    'Package: dkms-extra\nStatus: install ok installed\nVersion: 1\n',
    'Package: both\nStatus: deinstall ok config-files\nArchitecture: i386\n',
    'Package: both\nStatus: install ok installed\nArchitecture: amd64\n',
  ].join('\n');
  expect(presentPackages(status, ['dkms', 'gone', 'extra', 'both', 'unknown'])).toEqual(['dkms', 'both']);
});
