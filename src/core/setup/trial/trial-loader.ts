// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts, LoaderKind } from '../../facts/boot-facts.ts';
import { ok, problem, type Result } from '../../problem.ts';

/** A partition or a whole disk that GRUB can write to, so that it forgets the choice before it starts the trial (grub-core/disk/diskfilter.c only reads). */
const PLAIN = /^\/dev\/((?:s|v|xv|h)d[a-z]+\d*|(?:nvme\d+n\d+|mmcblk\d+)(?:p\d+)?)$/;
const WRITABLE = ['ext2', 'ext3', 'ext4', 'xfs', 'vfat'];

/**
 * The loader that can start an entry once and forget it. Fails with `host.unsupported` where that cannot be had: then an entry that
 * does not boot would be started again and again. `mounts` is `/proc/self/mounts`.
 */
export function trialLoader(boot: BootFacts, mounts: string): Result<LoaderKind> {
  const active = boot.loaders.filter((loader) => loader.active === true);
  const [only] = active.length > 0 ? active : boot.loaders;
  if (only === undefined || (active.length === 0 && boot.loaders.length !== 1))
    return none('which boot loader started this node is not known');
  if (only.kind === 'systemd-boot') return only.tool ? ok('systemd-boot') : none('systemd-boot is not kept by proxmox-boot-tool');
  if (only.tool) return none("GRUB starts from EFI system partitions, where grub-reboot's note does not reach it");
  const file = fileSystemOf(mounts, '/boot/grub');
  if (file === undefined) return none('the file system of /boot/grub is not known');
  if (!PLAIN.test(file.device) || !WRITABLE.includes(file.type))
    return none(`GRUB cannot write to ${file.device} (${file.type}), so it would start the trial again at every boot`);
  return ok('grub');
}

function none(because: string): Result<never> {
  return problem('host.unsupported', `No trial is possible on this node: ${because}.`, {
    hint: 'Apply without --trial: kernels other than the one that is set up keep their old initramfs until pveigpu confirm.',
  });
}

/** The mount whose place is the longest beginning of a path; the last one where several are mounted over each other. */
function fileSystemOf(mounts: string, path: string): { readonly device: string; readonly type: string } | undefined {
  let found: { readonly device: string; readonly type: string; readonly length: number } | undefined;
  for (const line of mounts.split('\n')) {
    const [device = '', at = '', type = ''] = line.split(' ');
    const isAbove = at === '/' || path === at || path.startsWith(`${at}/`);
    if (isAbove && at !== '' && at.length >= (found?.length ?? 0)) found = { device, type, length: at.length };
  }
  return found;
}
