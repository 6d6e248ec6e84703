// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localHost } from '../../src/adapters/host-local.ts';
import { readAvailableKernels, readKernelFiles, withFiles } from '../../src/app/available-kernels.ts';
import { simulated } from './simulated.ts';

const DPKG_DEB = '/usr/bin/dpkg-deb';

/** A real, empty package, made by dpkg-deb. */
function debOf(name: string, version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-deb-'));
  mkdirSync(join(folder, 'tree/DEBIAN'), { recursive: true });
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n`;
  writeFileSync(join(folder, 'tree/DEBIAN/control'), control);
  const path = join(folder, `${name}.deb`);
  execFileSync(DPKG_DEB, ['-b', join(folder, 'tree'), path], { stdio: 'ignore' });
  return path;
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe.skipIf(!existsSync(DPKG_DEB))('package files, by the dpkg-deb of this machine', () => {
  test('a kernel and its headers', async () => {
    const kernel = debOf('proxmox-kernel-6.5.13-5-pve-signed', '6.5.13-5');
    const headers = debOf('proxmox-headers-6.5.13-5-pve', '6.5.13-5');
    expect(await readKernelFiles(localHost(), [headers, kernel])).toEqual({
      ok: true,
      value: [
        {
          release: '6.5.13-5-pve',
          kernel: { name: 'proxmox-kernel-6.5.13-5-pve-signed', version: '6.5.13-5', file: kernel, sha256: sha256(kernel) },
          headers: { name: 'proxmox-headers-6.5.13-5-pve', version: '6.5.13-5', file: headers, sha256: sha256(headers) },
        },
      ],
    });
  });

  test('another package, or none, is refused', async () => {
    const other = debOf('htop', '3.4.1-5');
    expect(await readKernelFiles(localHost(), [other])).toMatchObject({
      ok: false,
      problem: { code: 'kernel.cannot', message: expect.stringContaining('holds htop, which is no kernel') },
    });
    expect(await readKernelFiles(localHost(), ['/nowhere/x.deb'])).toMatchObject({
      ok: false,
      problem: { where: '/nowhere/x.deb' },
    });
  });
});

test('package files come before what apt offers of the same release', async () => {
  const offered = await readAvailableKernels(simulated('coffee-lake').context.host);
  if (!offered.ok) throw new Error(offered.problem.message);
  const [first] = offered.value;
  if (first === undefined) throw new Error('apt offers none');
  const file = { release: first.release, kernel: { ...first.kernel, file: '/root/k.deb' } };
  const all = withFiles(offered.value, [file]);
  expect(all).toHaveLength(offered.value.length);
  expect(all[0]).toBe(file);
});
