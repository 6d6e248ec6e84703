// SPDX-License-Identifier: AGPL-3.0-or-later
import { DRIVER_FOLDER } from './driver-source.ts';

/** First line of every file that is ours as a whole. */
export const OWN_LINE = '# Written by pveigpu; pveigpu driver remove takes it away again.';

/** Where patches are kept for later builds. */
const PATCH_FOLDER = '/var/lib/pveigpu/patches';

/** dkms reads this after its own `framework.conf` (dkms(8)). */
export const JOBS_FILE = '/etc/dkms/framework.conf.d/pveigpu.conf';

/** Makes dkms run that many compilers at once, in builds at kernel upgrades too. */
export function jobsText(jobs: number): string {
  return `${OWN_LINE}\nparallel_jobs="${jobs}"\n`;
}

/** Where the source of a module lies (`source_tree` of dkms). */
export function sourceFolder(name: string, version: string): string {
  return `/usr/src/${name}-${version}`;
}

/** The three places of a patch: kept by us, where dkms looks for it, and the override that names it. */
export function patchPlaces(name: string, version: string, patch: string) {
  return {
    kept: `${PATCH_FOLDER}/${patch}`,
    applied: `${sourceFolder(name, version)}/patches/pveigpu-${patch}`,
    override: `/etc/dkms/${name}-${version}.conf`,
  };
}

/** The override that adds a patch behind those of the source; dkms sources it after `dkms.conf`, in bash. */
export function patchOverride(patch: string): string {
  return `${OWN_LINE}\nPATCH[\${#PATCH[@]}]="pveigpu-${patch}"\n`;
}

/** The override that keeps dkms from building a version for one kernel: no release matches it, so dkms skips it (exit 77). */
export function skipOverride(name: string, version: string, kernel: string): { readonly path: string; readonly text: string } {
  const text = `${OWN_LINE}\n# The build for this kernel failed, which left the kernel's package unconfigured.\nBUILD_EXCLUSIVE_KERNEL="^$"\n`;
  return { path: `/etc/dkms/${name}-${version}-${kernel}.conf`, text };
}

/** Says that a module source was put there by us, since dkms notes nothing of that kind. */
export function markerPath(name: string, version: string): string {
  return `${DRIVER_FOLDER}/${name}-${version}.ours`;
}

/** The module that a marker speaks of; undefined for another path. */
export function markedModule(path: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] =
    /^\/var\/lib\/pveigpu\/drivers\/([A-Za-z][\w.+-]*?)-(\d[\w.+~-]*|intel-lts[\w.-]*)\.ours$/.exec(path) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** Whether a file is one that only the planner of drivers writes. */
export function isDriverFile(path: string): boolean {
  return (
    path.startsWith('/etc/dkms/') ||
    path.startsWith(`${PATCH_FOLDER}/`) ||
    path.startsWith(`${DRIVER_FOLDER}/`) ||
    /^\/usr\/src\/[^/]+\/patches\/pveigpu-/.test(path)
  );
}
