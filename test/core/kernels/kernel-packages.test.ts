// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { availableKernels, kernelsOfFiles } from '../../../src/core/kernels/available-kernel.ts';
import { kernelPackages, releaseOfPackage } from '../../../src/core/kernels/kernel-packages.ts';
import { parseAptPolicy } from '../../../src/core/platform/apt-policy.ts';
import { POLICY } from './policy.ts';

/** Real names: pve-kernel debian/changelog and debian/control.in, Debian's archive. */
const RELEASES = ['6.5.13-5-pve', '6.17.2-1-pve', '6.14.11-9-bpo12-pve', '7.0.14-14-pve', '6.2.16-3-pve', '6.12.48+deb13-amd64'];

describe('the packages of a kernel', () => {
  test.each(RELEASES)('%s: every name of the kernel leads back to it', (release) => {
    const packages = kernelPackages(release);
    expect(packages?.kernel.map(releaseOfPackage)).toEqual(packages?.kernel.map(() => release));
    for (const name of packages?.headers ?? []) expect(releaseOfPackage(name)).toBeUndefined();
  });

  test('as the guide of the NUC6CAYH names them', () => {
    expect(kernelPackages('6.5.13-5-pve')?.kernel[0]).toBe('proxmox-kernel-6.5.13-5-pve-signed');
    expect(kernelPackages('6.5.13-5-pve')?.headers[0]).toBe('proxmox-headers-6.5.13-5-pve');
  });

  test.each(['6.12.9-xanmod1', '6.17.2', '', 'nonsense'])('of %j nobody knows', (release) => {
    expect(kernelPackages(release)).toBeUndefined();
  });

  test.each([
    'proxmox-kernel-6.17',
    'proxmox-kernel-helper',
    'proxmox-default-kernel',
    'proxmox-kernel-6.17.2-1-pve-dbgsym',
    'proxmox-kernel-6.17.2-1-pve-signed-template',
    'linux-image-6.1.0-47-amd64-unsigned',
    'linux-image-amd64',
    'proxmox-kernel-libc-dev',
  ])('%s is no kernel', (name) => {
    expect(releaseOfPackage(name)).toBeUndefined();
  });
});

describe('what can be installed', () => {
  test('apt offers', () => {
    expect(availableKernels(parseAptPolicy(POLICY))).toEqual([
      {
        release: '6.14.11-4-pve',
        kernel: { name: 'proxmox-kernel-6.14.11-4-pve-signed' },
        headers: { name: 'proxmox-headers-6.14.11-4-pve' },
      },
      { release: '6.17.9-1-pve', kernel: { name: 'proxmox-kernel-6.17.9-1-pve' } },
      {
        release: '6.17.13-2-pve',
        kernel: { name: 'proxmox-kernel-6.17.13-2-pve-signed' },
        headers: { name: 'proxmox-headers-6.17.13-2-pve' },
      },
    ]);
  });

  test('a package is there once, without a candidate it is not to be had', () => {
    const policy = parseAptPolicy(POLICY + POLICY);
    expect(policy).toHaveLength(new Set(policy.map(({ name }) => name)).size);
    expect(policy.find(({ name }) => name === 'proxmox-kernel-6.17.2-1-pve')).toEqual({
      name: 'proxmox-kernel-6.17.2-1-pve',
      installed: null,
      candidate: null,
    });
    expect(policy.find(({ name }) => name === 'proxmox-kernel-6.17.13-2-pve-signed')?.installed).toBe('6.17.13-2');
  });

  test('package files', () => {
    const files = [
      { name: 'proxmox-headers-6.5.13-5-pve', version: '6.5.13-5', file: '/root/h.deb', sha256: '0' },
      { name: 'proxmox-kernel-6.5.13-5-pve-signed', version: '6.5.13-5', file: '/root/k.deb', sha256: '1' },
      { name: 'htop', version: '3', file: '/root/x.deb', sha256: '2' },
    ];
    expect(kernelsOfFiles(files)).toEqual([{ release: '6.5.13-5-pve', kernel: files[1], headers: files[0] }]);
  });
});
