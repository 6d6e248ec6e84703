// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionArgs, PackageChoice } from './action.ts';

type Argv = readonly [string, ...string[]];

/** apt-get without questions: waits a minute for dpkg's lock and keeps configuration files that somebody changed (apt.conf(5), dpkg(1)). */
const APT: Argv = [
  'env',
  'DEBIAN_FRONTEND=noninteractive',
  'apt-get',
  '-y',
  '--no-install-recommends',
  '-o',
  'DPkg::Lock::Timeout=60',
  '-o',
  'Dpkg::Options::=--force-confold',
];

/** The call that installs packages; with `simulate` it only says what it would do. */
export function installArgv(packages: readonly PackageChoice[], simulate = false): Argv {
  return [...APT, ...(simulate ? ['-s'] : []), 'install', ...packages.map(packageWord)];
}

/** The call that removes packages and keeps their configuration files; with `simulate` it only says what it would do. */
export function removeArgv(packages: readonly PackageChoice[], simulate = false): Argv {
  return [...APT, ...(simulate ? ['-s'] : []), 'remove', ...packages.map(({ name }) => name)];
}

/** The call that makes systemd start a unit at boot, or no longer. */
export function enableArgv({ unit, enabled }: ActionArgs['enableUnit']): Argv {
  return ['systemctl', enabled ? 'enable' : 'disable', unit];
}

/**
 * The call that builds the initramfs of one kernel. The variable keeps initramfs-tools' hook of proxmox-kernel-helper from
 * copying to the EFI system partitions each time (proxmox-boot-sync); `refreshBoot` does that once.
 */
export function initramfsArgv(release: string): Argv {
  return ['env', 'INITRAMFS_TOOLS_KERNEL_HOOK=1', 'update-initramfs', '-u', '-k', release];
}

/** The call that makes the loader read its configuration again, as an administrator would type it. */
export function refreshArgv(tool: ActionArgs['refreshBoot']['tool']): Argv {
  return tool === 'update-grub' ? ['update-grub'] : ['proxmox-boot-tool', 'refresh'];
}

/** The call that pins a kernel, or with null lets the loader choose again. */
export function pinArgv(release: string | null): Argv {
  return ['proxmox-boot-tool', 'kernel', ...(release === null ? ['unpin'] : ['pin', release])];
}

function packageWord({ name, version, file }: PackageChoice): string {
  if (file !== undefined) return file;
  return version === undefined ? name : `${name}=${version}`;
}
