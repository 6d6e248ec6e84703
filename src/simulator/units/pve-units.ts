// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';

/** Unit to what it starts after, and its command (files of pve-manager, pve-cluster and pve-ha-manager 9.2). */
const UNITS: { readonly [name: string]: { readonly after: string; readonly exec: string } } = {
  'pve-cluster.service': { after: 'network.target', exec: '/usr/bin/pmxcfs' },
  'pvedaemon.service': { after: 'pve-cluster.service', exec: '/usr/bin/pvedaemon start' },
  'pveproxy.service': { after: 'pve-cluster.service pvedaemon.service', exec: '/usr/bin/pveproxy start' },
  'pvestatd.service': { after: 'pve-cluster.service', exec: '/usr/bin/pvestatd start' },
  'pve-ha-lrm.service': {
    after: 'pve-cluster.service pvedaemon.service pveproxy.service',
    exec: '/usr/sbin/pve-ha-lrm start',
  },
  'pve-guests.service': {
    after: 'pveproxy.service pvestatd.service pve-ha-lrm.service',
    exec: '/usr/bin/pvesh --nooutput create /nodes/localhost/startall',
  },
  'networking.service': { after: 'local-fs.target', exec: '/usr/share/ifupdown2/sbin/start-networking start' },
};

/** Puts Proxmox VE's units on the disk, enabled as its packages leave them. */
export function installUnits(tree: FileTree): void {
  for (const [name, { after, exec }] of Object.entries(UNITS)) {
    const path = `/usr/lib/systemd/system/${name}`;
    tree.setFile(path, `[Unit]\nAfter=${after}\n\n[Service]\nExecStart=${exec}\n\n[Install]\nWantedBy=multi-user.target\n`);
    tree.setLink(`/etc/systemd/system/multi-user.target.wants/${name}`, path);
  }
}
