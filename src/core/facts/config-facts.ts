// SPDX-License-Identifier: AGPL-3.0-or-later

/** One file of the configuration, whole, so that a plan can change it and put it back. */
export interface ConfigFile {
  readonly path: string;
  readonly base64: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The `config` section: every file that set-up may read or change: `/etc/default/grub`, `/etc/default/grub.d`,
 * `/etc/kernel/cmdline`, `/etc/modules`, `modules-load.d`, `modprobe.d`, `/etc/initramfs-tools/modules`, `/etc/sysfs.conf`,
 * `sysfs.d`, `tmpfiles.d`, udev rules, driverctl's overrides, systemd units of ours, and what the ledger names.
 */
export interface ConfigFacts {
  readonly files: readonly ConfigFile[];
  /** Files that are there and could not be read: nothing may be concluded about them. */
  readonly unreadable: readonly { readonly path: string; readonly errno: string }[];
  /** Files of ours that somebody has replaced by a link to `/dev/null` or to a file of the system, as `systemctl mask` does. */
  readonly masked?: readonly string[];
}
