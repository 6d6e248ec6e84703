// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { grubTrialScript, systemdTrialEntry } from '../../../src/core/plan/trial-entry.ts';

/** As Debian's grub-mkconfig 2.12 writes it, shortened: default entry, submenu, recovery, an older kernel. */
const GRUB_CFG = `menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-1' {
	load_video
	insmod ext2
	search --no-floppy --fs-uuid --set=root 1111-2222
	linux	/boot/vmlinuz-6.17.2-1-pve root=UUID=1111 ro  quiet
	initrd	/boot/initrd.img-6.17.2-1-pve
}
submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1' {
	menuentry 'recovery' {
		linux	/boot/vmlinuz-6.14.8-2-pve root=UUID=1111 ro single
		initrd	/boot/initrd.img-6.14.8-2-pve
	}
	menuentry 'older' {
		search --no-floppy --fs-uuid --set=root 1111-2222
		linux	/boot/vmlinuz-6.14.8-2-pve root=UUID=1111 ro quiet
		initrd	/boot/initrd.img-6.14.8-2-pve
	}
}
`;

describe('the entry of a trial', () => {
  test('GRUB: as the entry of the kernel, with the words, and never the recovery one', () => {
    const script = grubTrialScript(GRUB_CFG, { release: '6.14.8-2-pve', words: ['i915.enable_gvt=1', 'a=b'] });
    expect(script).toContain('\t\tlinux\t/boot/vmlinuz-6.14.8-2-pve root=UUID=1111 ro quiet i915.enable_gvt=1 a=b\n');
    expect(script).toContain('initrd\t/boot/initrd.img-6.14.8-2-pve');
    expect(script).toContain('--id pveigpu-trial {');
    expect(script).not.toContain('single');
    // The shell prints all from the fourth line on.
    expect(script?.split('\n').slice(0, 3)).toEqual([
      '#!/bin/sh',
      expect.stringMatching(/^# Written by pveigpu/),
      'exec tail -n +4 "$0"',
    ]);
  });

  test('GRUB: no entry for a kernel that is not there', () => {
    expect(grubTrialScript(GRUB_CFG, { release: '6.17.2', words: [] })).toBeNull();
  });

  test('systemd-boot: title and options change, the files stay', () => {
    const entry =
      'title    Proxmox\nversion  6.17\noptions  root=ZFS=rpool boot=zfs  \nlinux    /EFI/proxmox/6.17/vmlinuz-6.17\ninitrd   /x\n';
    expect(systemdTrialEntry(entry, { release: '6.17', words: ['a=$&'] })).toBe(
      'title    pveigpu trial, kernel 6.17\nversion  6.17\noptions  root=ZFS=rpool boot=zfs a=$&\nlinux    /EFI/proxmox/6.17/vmlinuz-6.17\ninitrd   /x\n',
    );
  });
});
