// SPDX-License-Identifier: AGPL-3.0-or-later

/** Whether a package is installed only so that a driver can be built. */
export function isBuildTool(name: string): boolean {
  return /^(dkms|build-essential|mokutil|(proxmox|linux)-headers-.*)$/.test(name);
}
