// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { makePackage } from './other-packages.ts';
import type { Root } from './root.ts';

/** The lines of PVE's page that matter for a panel (pve-manager www/index.html.tpl). */
function page(version: string): string {
  return `<!DOCTYPE html>
<html>
  <head>
    <title>[% nodename %] - Proxmox Virtual Environment</title>
    <script type="text/javascript" src="/proxmoxlib.js?ver=[% wtversion %]"></script>
    <script type="text/javascript" src="/pve2/js/pvemanagerlib.js?ver=[% version %]"></script>
    <!-- ${version} -->
    <script type="text/javascript">
    Ext.onReady(function() { Ext.create('PVE.StdWorkspace'); });
    </script>
  </head>
  <body></body>
</html>
`;
}

/** PVE's daemons read their perl again when files below its folder change (pve-manager debian/triggers, postinst); here that is noted. */
const RELOADS = `#!/bin/sh
[ "$1" != triggered ] || echo "$2" >> /var/log/reloads
exit 0
`;

/** What of PVE's packages the product looks at: the page, the trigger that reloads daemons, and qm. */
export async function pvePackages(folder: string, version: string): Promise<readonly string[]> {
  return [
    await makePackage(folder, {
      name: 'pve-manager',
      version,
      files: { '/usr/share/pve-manager/index.html.tpl': page(version), '/usr/share/pve-manager/js/pvemanagerlib.js': '// PVE\n' },
      control: { triggers: 'interest-noawait /usr/share/perl5/PVE\n', postinst: RELOADS },
    }),
    await makePackage(folder, {
      name: 'qemu-server',
      version,
      files: { '/usr/sbin/qm': readFileSync('test/rig/guest/pve-guest-tool.pl', 'utf8') },
    }),
  ];
}

/** PVE's page as a version of pve-manager ships it. */
export const pageOf = page;

/** A guest with a pinned VF and our hookscript, as `assign --vf` leaves it: its configuration, the file, and what the ledger notes. */
export function assignedGuest(root: Root, vmid: number): void {
  for (const name of ['qemu-server', 'lxc']) root.write(`/etc/pve/nodes/rig/${name}/.keep`, '');
  root.write('/etc/hostname', 'rig\n');
  const config = `args: -acpitable file=/var/lib/pveigpu/acpi/${vmid}.aml\nhookscript: local:snippets/pveigpu-hook\nhostpci0: 0000:00:02.3\nmemory: 512\n`;
  root.write(`/etc/pve/nodes/rig/qemu-server/${vmid}.conf`, config);
  root.write(`/var/lib/pveigpu/acpi/${vmid}.aml`, 'SSDT');
  root.write('/var/lib/vz/snippets/pveigpu-hook', readFileSync('pve-hooks/pveigpu-hook.pl', 'utf8'), 0o755);
  root.write('/etc/pve/.vmlist', `{"version":1,"ids":{"${vmid}":{"node":"rig","type":"qemu","version":1}}}`);
  root.write('/etc/pve/.members', '{"nodename":"rig","version":1}');
  const keys = {
    hookscript: { before: null, value: 'local:snippets/pveigpu-hook' },
    hostpci0: { before: null, value: '0000:00:02.3' },
  };
  const guests = { [vmid]: { kind: 'qemu', keys } };
  const ledger = { format: 1, lastRun: 0, files: {}, guests, pools: {}, packages: {}, units: {} };
  root.write('/var/lib/pveigpu/ledger.json', JSON.stringify(ledger), 0o600);
}

/**
 * Why PVE would not start a guest of the root for what we had a hand in, a line each: its hookscript (pve-guest-common GuestHelpers.pm) and
 * the files that its configuration names.
 */
export async function startObstacles(root: Root, vmid: number): Promise<readonly string[]> {
  const config = root.read(`/etc/pve/nodes/rig/qemu-server/${vmid}.conf`);
  const name = /^hookscript: local:snippets\/(\S+)$/m.exec(config)?.[1];
  const script = `/var/lib/vz/snippets/${name}`;
  const files = (config.match(/file=([^\s,]+)/g) ?? []).map((word) => word.slice('file='.length));
  const missing = files.filter((path) => !root.has(path)).map((path) => `${path} is not there`);
  if (name === undefined) return missing;
  const ran = await root.shell(`test -x ${script} && ${script} ${vmid} pre-start`);
  return ran.code === 0 ? missing : [...missing, `${script}: ${ran.text}`];
}
