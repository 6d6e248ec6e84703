// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEfiOption, printEfiOption } from '../../../src/core/boot/efi-option.ts';
import { keptEfiOption, keptGrubDefaults, keptKernelCmdline } from '../../../src/core/capture/kept-boot.ts';
import { keptSysfsConf, keptTmpfiles, keptUdevRules } from '../../../src/core/capture/kept-device-settings.ts';
import { anyText } from '../../support/any-text.ts';

describe("a file of GRUB's defaults", () => {
  test.each([
    ['# note\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet hostname=x"\n', 'GRUB_CMDLINE_LINUX_DEFAULT="quiet _"\n'],
    [
      'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX root=ZFS=rpool/ROOT/pve-1 boot=zfs"',
      'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX root=ZFS=rpool/ROOT/pve-1 boot=zfs"\n',
    ],
    ['A=secret; GRUB_CMDLINE_LINUX_DEFAULT="quiet $A $(x)"', 'GRUB_CMDLINE_LINUX_DEFAULT="quiet _ $(_)"\n'],
    ['if true; then GRUB_CMDLINE_LINUX_DEFAULT=secret; fi', 'GRUB_CMDLINE_LINUX_DEFAULT="$(_)"\n'],
    ["GRUB_CMDLINE_LINUX='\" quiet'", 'GRUB_CMDLINE_LINUX="quiet"\n'],
    ['# Written by pveigpu; x\nGRUB_CMDLINE_LINUX_DEFAULT=', '# Written by pveigpu\nGRUB_CMDLINE_LINUX_DEFAULT=""\n'],
    [
      'GRUB_DEFAULT="gnulinux-advanced-1b2c>gnulinux-6.17.2-1-pve-advanced-1b2c"\n',
      'GRUB_DEFAULT="gnulinux-advanced-_>gnulinux-6.17.2-1-pve-advanced-_"\n',
    ],
  ])('%j', (text, kept) => expect(keptGrubDefaults(text)).toBe(kept));

  test('what is kept is kept again', () => {
    const word = fc.constantFrom(
      'quiet',
      'x=1',
      '$A',
      '"',
      "'",
      ' ',
      '\n',
      'GRUB_CMDLINE_LINUX=',
      'GRUB_CMDLINE_LINUX_DEFAULT=',
      '$(y)',
      '`',
    );
    const text = fc.oneof(
      anyText(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        const kept = keptGrubDefaults(any);
        expect(keptGrubDefaults(kept)).toBe(kept);
        const line = keptKernelCmdline(any);
        expect(keptKernelCmdline(line)).toBe(line);
      }),
    );
  });
});

test('a boot option keeps its loader and nothing else', () => {
  const kept = (name: string, file?: string) => parseEfiOption('0001', keptEfiOption(printEfiOption(name, file)));
  expect(kept('proxmox', '\\EFI\\proxmox\\shimx64.efi')).toEqual({
    number: '0001',
    name: 'proxmox',
    file: '\\EFI\\proxmox\\shimx64.efi',
  });
  expect(kept('Samsung SSD S4EWNX0M', '\\EFI\\john\\x.efi')).toEqual({ number: '0001', name: '_' });
  expect(keptEfiOption(new Uint8Array(3))).toEqual(printEfiOption('_'));
});

test('settings of devices are kept where they are about PCI devices, without programs and names', () => {
  const device = 'devices/pci0000:00/0000:00:02.0';
  expect(keptSysfsConf(`# x\n${device}/sriov_numvfs = 7\nclass/net/eth0/mtu = 1\n`)).toBe(`\n${device}/sriov_numvfs = 7\n`);
  expect(keptTmpfiles(`w /sys/${device}/sriov_numvfs - - - - 7\nd /home/x\n`)).toBe(`w /sys/${device}/sriov_numvfs - - - - 7\n`);
  expect(keptUdevRules('ACTION=="add", DRIVER=="i915", ATTR{sriov_numvfs}="5", RUN+="/home/x"\nNAME="eth0"\n')).toBe(
    'ACTION=="add", DRIVER=="i915", ATTR{sriov_numvfs}="5"\n',
  );
});
