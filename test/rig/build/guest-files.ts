// SPDX-License-Identifier: AGPL-3.0-or-later

/** Files of the guest's root that are written over those of the packages, absolute path to text. */
export const GUEST_FILES: { readonly [path: string]: string } = {
  '/etc/hostname': 'rig\n',
  '/etc/hosts': '127.0.0.1 localhost rig\n',
  '/etc/fstab': '/dev/vda1 / ext4 rw,relatime 0 1\nshare /mnt/share 9p trans=virtio,version=9p2000.L,msize=524288,nofail 0 0\n',
  // An uninitialised id makes systemd-firstboot wait for a key on the console.
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/etc/systemd/journald.conf.d/rig.conf': '[Journal]\nStorage=volatile\n',
  '/etc/systemd/system/serial-getty@ttyS0.service.d/rig.conf':
    "[Service]\nExecStart=\nExecStart=-/sbin/agetty -o '-p -f -- \\\\u' --autologin root --noclear --keep-baud 115200 - linux\n",
  '/etc/default/grub.d/rig.cfg':
    'GRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX="console=ttyS0 rw intel_iommu=on panic=-1 audit=0 mitigations=off no_timer_check quiet systemd.show_status=0"\n' +
    'GRUB_TERMINAL="serial"\nGRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"\nGRUB_DISABLE_OS_PROBER=true\n',
  // A list and little compression: update-initramfs takes 20 s instead of a minute without hardware acceleration.
  '/etc/initramfs-tools/conf.d/rig': 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n',
  '/etc/initramfs-tools/modules': 'ext4\nvirtio_blk\nvirtio_pci\nrigpci\n',
  // Drivers of QEMU's other devices and CPU accelerations only cost time at coldplug.
  '/etc/modprobe.d/rig.conf': [
    ...['iTCO_wdt', 'i2c_i801', 'lpc_ich', 'psmouse', 'pcspkr', 'joydev', 'cfg80211', 'ahci', 'button', 'floppy'],
    ...['aesni_intel', 'ghash_clmulni_intel', 'sha512_ssse3', 'sha256_ssse3', 'sha1_ssse3', 'polyval_clmulni'],
    ...['crct10dif_pclmul', 'crc32_pclmul', 'intel_rapl_msr', 'bochs'],
  ]
    .map((name) => `blacklist ${name}\n`)
    .join(''),
};

/** Units that a test machine does not need and that would lengthen every boot. */
export const MASKED_UNITS: readonly string[] = [
  ...['systemd-firstboot', 'e2scrub_reap', 'systemd-update-utmp', 'systemd-pstore', 'getty@tty1', 'systemd-random-seed'],
  ...['systemd-journal-flush', 'ldconfig', 'grub-common', 'systemd-hwdb-update', 'systemd-journal-catalog-update'],
  ...['systemd-update-done', 'systemd-networkd-wait-online', 'networking'],
]
  .map((name) => `${name}.service`)
  .concat(['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer']);

/** Boot-time options of the stand-in driver, as a host with i915-sriov-dkms has them. */
export const DRIVER_OPTIONS = 'options i915 enable_guc=3 max_vfs=7\nblacklist xe\n';
