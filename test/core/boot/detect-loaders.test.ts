// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { detectLoaders, type LoaderTraces } from '../../../src/core/boot/detect-loaders.ts';
import { efiText, parseBootCurrent, parseEfiOption, printEfiOption } from '../../../src/core/boot/efi-option.ts';
import { compareReleases } from '../../../src/core/boot/release-order.ts';

const NOTHING: LoaderTraces = { uefi: true, tool: false, options: [], files: [] };
const GRUB_CFG = '/boot/grub/grub.cfg';
const CMDLINE = '/etc/kernel/cmdline';
const SHIM = { number: '0001', name: 'proxmox', file: '\\EFI\\proxmox\\shimx64.efi' };
const SYSTEMD = { number: '0002', name: 'Linux Boot Manager', file: '\\EFI\\systemd\\systemd-bootx64.efi' };
const USB = { number: '0003', name: 'UEFI: stick', file: '\\EFI\\BOOT\\BOOTX64.EFI' };

/** `kind` with `*` when it is active, `?` when that is not known, `+` with the tool. */
function found(traces: Partial<LoaderTraces>): string {
  return detectLoaders({ ...NOTHING, ...traces })
    .map(({ kind, active, tool }) => `${kind}${active === true ? '*' : active === 'unknown' ? '?' : ''}${tool ? '+' : ''}`)
    .join(' ');
}

describe('loaders', () => {
  test.each<[string, Partial<LoaderTraces>, string]>([
    ['GRUB on LVM', { cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6 root=x', files: [GRUB_CFG] }, 'grub*'],
    ['nothing known but its configuration', { files: [GRUB_CFG] }, 'grub*'],
    ['BIOS with the tool', { uefi: false, tool: true, files: [CMDLINE] }, 'grub*+'],
    [
      'Secure Boot on ZFS',
      { tool: true, cmdline: 'BOOT_IMAGE=/vmlinuz-6', options: [SHIM, USB], bootCurrent: '0001', files: [CMDLINE, GRUB_CFG] },
      'grub*+',
    ],
    ['the same, options lost', { tool: true, cmdline: 'BOOT_IMAGE=/vmlinuz-6', files: [CMDLINE] }, 'grub*+ systemd-boot+'],
    [
      'systemd-boot on ZFS',
      { tool: true, cmdline: 'initrd=\\EFI\\proxmox\\6\\initrd.img-6 root=x', options: [SYSTEMD], files: [CMDLINE, GRUB_CFG] },
      'systemd-boot*+',
    ],
    [
      'only LoaderInfo tells',
      { tool: true, cmdline: 'root=x', loaderInfo: 'systemd-boot 257', files: [CMDLINE] },
      'systemd-boot*+',
    ],
    [
      'only the firmware tells',
      { tool: true, cmdline: 'root=x', options: [SHIM, SYSTEMD], bootCurrent: '0001', files: [CMDLINE] },
      'grub*+ systemd-boot+',
    ],
    [
      'both, nobody tells',
      { tool: true, cmdline: 'root=x', options: [SHIM, SYSTEMD], bootCurrent: '0003' },
      'grub?+ systemd-boot?+',
    ],
    [
      'the kernel is right when the firmware says else',
      { tool: true, cmdline: 'BOOT_IMAGE=/vmlinuz-6', options: [SHIM, SYSTEMD], bootCurrent: '0002' },
      'grub*+ systemd-boot+',
    ],
    [
      "Debian's systemd-boot",
      { cmdline: 'initrd=\\0f\\6.12\\initrd root=x', files: ['/boot/efi/loader/loader.conf'] },
      'systemd-boot*',
    ],
    ['an initrd with slashes is nobody', { cmdline: 'initrd=/boot/initrd root=x' }, ''],
  ])('%s', (_name, traces, loaders) => expect(found(traces)).toBe(loaders));

  test('each says why', () => {
    const [grub] = detectLoaders({
      ...NOTHING,
      tool: true,
      cmdline: 'BOOT_IMAGE=/vmlinuz-6',
      options: [SHIM],
      bootCurrent: '0001',
    });
    expect(grub?.because).toContainEqual({ source: '/proc/cmdline', value: 'BOOT_IMAGE=/vmlinuz-6' });
    expect(grub?.because).toContainEqual({ source: 'EFI boot option Boot0001', value: '\\EFI\\proxmox\\shimx64.efi' });
  });
});

test('boot options of the firmware', () => {
  expect(parseEfiOption('0001', printEfiOption('proxmox', '\\EFI\\x.efi'))).toEqual({
    number: '0001',
    name: 'proxmox',
    file: '\\EFI\\x.efi',
  });
  // as firmware writes it: a partition, a file, the end (bytes of an installed node, the partition's id being zeros)
  const disk = [4, 1, 42, 0, ...new Array<number>(38).fill(0)];
  const whole = printEfiOption('debian', '\\EFI\\debian\\shimx64.efi');
  const list = whole.slice(8 + 2 + 14);
  const bytes = Uint8Array.of(...whole.slice(0, 8), (list.length + 42) & 255, 0, ...whole.slice(10, 24), ...disk, ...list);
  expect(parseEfiOption('0002', bytes)?.file).toBe('\\EFI\\debian\\shimx64.efi');
  for (let length = 0; length < whole.length; length += 1)
    expect(parseEfiOption('0001', whole.slice(0, length))?.file ?? '').not.toContain('\0');
  expect(parseBootCurrent(Uint8Array.of(6, 0, 0, 0, 0x1a, 0))).toBe('001A');
  expect(parseBootCurrent(new Uint8Array(3))).toBeUndefined();
  expect(efiText(Uint8Array.of(6, 0, 0, 0, 71, 0, 0, 0, 65, 0))).toBe('G');
});

test('releases are ordered by their numbers', () => {
  const sorted = ['6.17.2-1-pve', '6.8.12-10-pve', '6.8.12-9-pve', '6.8.12-9-amd64', '7.0.14-12-pve'].sort(compareReleases);
  expect(sorted).toEqual(['6.8.12-9-amd64', '6.8.12-9-pve', '6.8.12-10-pve', '6.17.2-1-pve', '7.0.14-12-pve']);
});
