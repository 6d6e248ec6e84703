// SPDX-License-Identifier: AGPL-3.0-or-later

/** The Debian packages of one kernel. */
export interface KernelPackages {
  /** Names that the kernel itself may have, the preferred one first. */
  readonly kernel: readonly string[];
  readonly headers: readonly string[];
}

/**
 * The packages of a kernel release as `uname -r` says it, undefined for a kernel that is neither Proxmox's nor Debian's. Proxmox
 * has signed images since 6.5 and called its packages `pve-` up to 6.2.16-5 (pve-kernel debian/control.in and debian/signing-template).
 */
export function kernelPackages(release: string): KernelPackages | undefined {
  if (/^\d+\.\d+\.\d+-\d+(-[a-z]+\d+)?-pve$/.test(release))
    return {
      kernel: [`proxmox-kernel-${release}-signed`, `proxmox-kernel-${release}`, `pve-kernel-${release}`],
      headers: [`proxmox-headers-${release}`, `pve-headers-${release}`],
    };
  if (/^\d+\.\d+\.\d+.*-(cloud-|rt-)?amd64$/.test(release))
    return { kernel: [`linux-image-${release}`], headers: [`linux-headers-${release}`] };
  return undefined;
}

/** The kernel release that a package brings: `6.5.13-5-pve` of `proxmox-kernel-6.5.13-5-pve-signed`; undefined for metapackages and others. */
export function releaseOfPackage(name: string): string | undefined {
  const proxmox = /^(?:proxmox|pve)-kernel-(\d+\.\d+\.\d+-\d+(?:-[a-z]+\d+)?-pve)(?:-signed)?$/.exec(name);
  return proxmox?.[1] ?? /^linux-image-(\d+\.\d+\.\d+.*-(?:cloud-|rt-)?amd64)$/.exec(name)?.[1];
}
