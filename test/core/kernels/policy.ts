// SPDX-License-Identifier: AGPL-3.0-or-later

/** The form of `apt-cache policy` is that of apt 2.6.1 and 3.0; names and origins are those of Proxmox VE 9 (download.proxmox.com). */
const entry = (name: string, installed: string, candidate: string) =>
  `${name}:
  Installed: ${installed}
  Candidate: ${candidate}
  Version table:
${
  candidate === '(none)'
    ? ''
    : ` ${installed === candidate ? '***' : '   '} ${candidate} 500
        500 http://download.proxmox.com/debian/pve trixie/pve-no-subscription amd64 Packages
${installed === candidate ? '        100 /var/lib/dpkg/status\n' : ''}`
}`;

/** One installed kernel, one only unsigned, one that only another package names, series, headers. */
export const POLICY = [
  entry('proxmox-kernel-6.17', '6.17.13-2', '6.17.13-2'),
  entry('proxmox-kernel-6.17.13-2-pve-signed', '6.17.13-2', '6.17.13-2'),
  entry('proxmox-kernel-6.17.13-2-pve', '(none)', '6.17.13-2'),
  entry('proxmox-kernel-6.17.9-1-pve', '(none)', '6.17.9-1'),
  entry('proxmox-kernel-6.17.2-1-pve', '(none)', '(none)'),
  entry('proxmox-kernel-6.14.11-4-pve-signed', '(none)', '6.14.11-4'),
  entry('proxmox-kernel-helper', '9.2.0', '9.2.0'),
  entry('proxmox-headers-6.17.13-2-pve', '(none)', '6.17.13-2'),
  entry('proxmox-headers-6.14.11-4-pve', '(none)', '6.14.11-4'),
].join('');
