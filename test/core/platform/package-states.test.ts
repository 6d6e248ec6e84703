// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  installedVersion,
  keptPackageStates,
  packageStates,
  unfinishedPackages,
} from '../../../src/core/platform/package-states.ts';

/** Package names of pve-kernel's debian/control.in, states of dpkg(1). */
const STATUS = `Package: bash
Status: install ok installed
Version: 5.2.37-2

Package: proxmox-kernel-6.17.2-1-pve-signed
Status: install ok unpacked
Architecture: amd64
Version: 6.17.2-1
Description: Proxmox Kernel Image (signed)
 Package: not-a-package
 .
 This package contains the kernel image signed by the Proxmox Secure Boot CA.

Package: i915-sriov-dkms
Status: install ok half-configured
Architecture: all
Version: 2026.05.06

Package: proxmox-headers-6.17.2-1-pve
Status: deinstall ok config-files
Version: 6.17.2-1

Package: my-own-tool
Status: install ok half-installed
Version: 1
`;

describe('the packages that matter', () => {
  test('kernels, headers, drivers, and what is unfinished, by name', () => {
    expect(packageStates(STATUS)).toEqual([
      { name: 'i915-sriov-dkms', version: '2026.05.06', state: 'half-configured' },
      { name: 'my-own-tool', version: '1', state: 'half-installed' },
      { name: 'proxmox-headers-6.17.2-1-pve', version: '6.17.2-1', state: 'config-files' },
      { name: 'proxmox-kernel-6.17.2-1-pve-signed', version: '6.17.2-1', state: 'unpacked' },
    ]);
  });

  test('only a wholly installed one has a version; removed ones are not unfinished', () => {
    const packages = packageStates(STATUS.replace('unpacked', 'installed'));
    expect(installedVersion({ packages }, 'proxmox-kernel-6.17.2-1-pve-signed')).toBe('6.17.2-1');
    expect(installedVersion({ packages }, 'proxmox-headers-6.17.2-1-pve')).toBeUndefined();
    expect(unfinishedPackages({ packages }).map(({ name }) => name)).toEqual(['i915-sriov-dkms', 'my-own-tool']);
  });

  test('a capture keeps them, and names no package of a person', () => {
    const kept = keptPackageStates(STATUS, () => 'package1');
    expect(packageStates(kept)).toEqual(
      packageStates(STATUS)
        .map((item) => (item.name === 'my-own-tool' ? { ...item, name: 'package1' } : item))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    expect(kept).not.toContain('my-own');
  });

  test.skipIf(!existsSync('/var/lib/dpkg/status'))('every package of this machine has a state of dpkg(1)', () => {
    const status = readFileSync('/var/lib/dpkg/status', 'utf8');
    for (const { version, state } of packageStates(status)) {
      expect(version).toMatch(/^\d/);
      expect(state).toMatch(/^[a-z-]+$/);
    }
  });
});
