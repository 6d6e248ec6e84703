// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import {
  espUuids,
  firstLine,
  grubPinSnippet,
  loaderEntry,
  selectedKernels,
  withDefaultKernel,
  withParameters,
} from '../../../src/core/boot/boot-tool-files.ts';

test('kernels that belong on partitions, and no others', () => {
  const listing = `Manually selected kernels:
6.11.0-2-pve

Automatically selected kernels:
6.14.8-2-pve
6.17.2-1-pve

Pinned kernel:
6.14.8-2-pve

Kernel pinned on next-boot:
6.8.12-1-pve
`;
  expect(selectedKernels(listing)).toEqual(['6.11.0-2-pve', '6.14.8-2-pve', '6.17.2-1-pve']);
  expect(selectedKernels('Manually selected kernels:\nNone.\n\nAutomatically selected kernels:\n6.17.2-1-pve')).toEqual([
    '6.17.2-1-pve',
  ]);
});

test('files of which the first line counts', () => {
  expect(firstLine('6.14.8-2-pve\nnoise\n')).toBe('6.14.8-2-pve');
  expect(firstLine('\n')).toBeNull();
  expect(firstLine('')).toBeNull();
  expect(espUuids('5AA1-0001\n\n  \nnot a uuid\nb0c1-FFFF\n')).toEqual(['5AA1-0001', 'b0c1-FFFF']);
});

describe('loader entries', () => {
  const entry = loaderEntry('Proxmox Virtual Environment', '6.17.2-1-pve', 'root=ZFS=rpool/ROOT/pve-1 boot=zfs');

  test('only the parameters change, also with characters that replacements know', () => {
    const other = withParameters(entry, "root=a $& $1 $'");
    expect(other).toContain("\noptions  root=a $& $1 $'\n");
    expect(withParameters(other, 'root=ZFS=rpool/ROOT/pve-1 boot=zfs')).toBe(entry);
  });

  test('the default is replaced or added', () => {
    expect(withDefaultKernel('timeout 3\ndefault proxmox-*\n', '6.14.8-2-pve')).toBe(
      'timeout 3\ndefault proxmox-6.14.8-2-pve.conf\n',
    );
    expect(withDefaultKernel('timeout 3\ndefault proxmox-6.14.8-2-pve.conf\n', null)).toBe('timeout 3\ndefault proxmox-*\n');
    expect(withDefaultKernel('timeout 3', null)).toBe('timeout 3\ndefault proxmox-*\n');
  });
});

test('the pin for GRUB names the entry as grub.cfg does', () => {
  const config = `submenu 'Advanced options for Proxmox VE GNU/Linux' $menuentry_id_option 'gnulinux-advanced-c5d3f9a2-5b0e' {\n`;
  expect(grubPinSnippet(config, '6.14.8-2-pve')).toBe(
    'GRUB_DEFAULT="gnulinux-advanced-c5d3f9a2-5b0e>gnulinux-6.14.8-2-pve-advanced-c5d3f9a2-5b0e"\n',
  );
  expect(grubPinSnippet('', '6.14.8-2-pve')).toBeNull();
});
