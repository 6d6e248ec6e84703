// SPDX-License-Identifier: AGPL-3.0-or-later

/** A daemon of PVE that only has to run, since the product looks whether it does. */
function daemon(what: string): string {
  return `[Unit]
Description=${what} (stand-in)
[Service]
ExecStart=/usr/bin/sleep infinity
[Install]
WantedBy=multi-user.target
`;
}

/** PVE's start of all guests: notes the driver that the GPU and each VF had at that time. */
const GUESTS = `[Unit]
Description=Start of all guests (stand-in)
After=pve-cluster.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for d in /sys/bus/pci/devices/0000:00:02.*; do echo $(basename $d) $(basename $(readlink $d/driver || echo none)); done > /run/guests-saw'
[Install]
WantedBy=multi-user.target
`;

/** Units of PVE that the product looks at, absolute path to text; there is no Proxmox in the guest. */
export const PVE_UNITS: { readonly [path: string]: string } = {
  '/etc/systemd/system/pve-cluster.service': daemon('pmxcfs'),
  '/etc/systemd/system/pvedaemon.service': daemon('The API of PVE'),
  '/etc/systemd/system/pveproxy.service': daemon('The web interface of PVE'),
  '/etc/systemd/system/pve-guests.service': GUESTS,
};

/** Shell text that has systemd start them at boot. */
export const ENABLE_PVE_UNITS = 'systemctl enable pve-cluster pvedaemon pveproxy pve-guests';
