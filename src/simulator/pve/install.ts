// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { refreshVmlist } from './guest-files.ts';

/** Versions of PVE 9.2.11's packages, as `dpkg` has them. */
const PACKAGES: { readonly [name: string]: string } = {
  'pve-manager': '9.2.11',
  'qemu-server': '9.2.6',
  'pve-container': '6.1.10',
  'pve-cluster': '9.1.6',
  'libpve-common-perl': '9.2.1',
  'libpve-guest-common-perl': '6.0.2',
  'libpve-storage-perl': '9.1.7',
  'proxmox-kernel-helper': '9.2.0',
};

const STORAGE = `dir: local
	path /var/lib/vz
	content iso,vztmpl,backup,import,snippets

`;

/**
 * Puts Proxmox VE's file trees on a machine: `/etc/pve`, snippets, package states, the guests of the profile, and the
 * run-time folders. What stands already stays, so it may be called again after a reboot.
 */
export function installPve(machine: Machine): void {
  const { tree, nodeName, profile } = machine;
  const own = `/etc/pve/nodes/${nodeName}`;
  const isNew = tree.get('/etc/pve/.vmlist') === undefined;
  const put = (path: string, text: string, mode = 0o640) => {
    if (tree.get(path) === undefined) tree.setFile(path, text, { mode, gid: 33 });
  };
  for (const folder of ['qemu-server', 'lxc']) tree.setDirectory(`${own}/${folder}`);
  for (const folder of ['/etc/pve/mapping', '/var/lib/vz/snippets', '/var/lock/qemu-server', '/run/lock/lxc'])
    tree.setDirectory(folder);
  for (const [link, target] of [
    ['local', `nodes/${nodeName}`],
    ['qemu-server', `nodes/${nodeName}/qemu-server`],
    ['lxc', `nodes/${nodeName}/lxc`],
  ] as const)
    tree.setLink(`/etc/pve/${link}`, target);
  put('/etc/pve/storage.cfg', STORAGE);
  refreshMembers(machine);
  if (isNew) {
    for (const [vmid, text] of Object.entries(profile.vms)) put(`${own}/qemu-server/${vmid}.conf`, text);
    for (const [ctid, text] of Object.entries(profile.containers ?? {})) put(`${own}/lxc/${ctid}.conf`, text);
  }
  refreshVmlist(machine);
  installPackages(machine);
  if (tree.get('/var/run') === undefined) tree.setLink('/var/run', '/run');
  tree.setDirectory('/run/qemu-server', 0o750);
}

/** Rewrites the virtual file `/etc/pve/.members`: the nodes of the cluster, and whether this one has quorum (pmxcfs). */
export function refreshMembers(machine: Machine): void {
  const { nodeName, quorate, tree } = machine;
  const nodes = tree.names('/etc/pve/nodes') ?? [nodeName];
  const list = nodes.map((name, at) => {
    const online = name === nodeName || quorate ? 1 : 0;
    return `  "${name}": { "id": ${at + 1}, "online": ${online}, "ip": "192.0.2.${10 + at}"}`;
  });
  const cluster = `{ "name": "lab", "version": ${nodes.length}, "nodes": ${nodes.length}, "quorate": ${quorate ? 1 : 0} }`;
  const text = `{\n"nodename": "${nodeName}",\n"version": ${nodes.length},\n"cluster": ${cluster},\n"nodelist": {\n${list.join(',\n')}\n  }\n}\n`;
  tree.setFile('/etc/pve/.members', text, { mode: 0o440, gid: 33 });
}

/** Adds another node to the cluster, so that guests can move there. */
export function addClusterNode(machine: Machine, name: string): void {
  for (const folder of ['qemu-server', 'lxc']) machine.tree.setDirectory(`/etc/pve/nodes/${name}/${folder}`);
  refreshMembers(machine);
}

function installPackages(machine: Machine): void {
  const path = '/var/lib/dpkg/status';
  const status = machine.tree.text(path) ?? '';
  const packages = { ...PACKAGES, 'pve-qemu-kvm': `${machine.profile.qemuVersion}-2` };
  const missing = Object.entries(packages).filter(([name]) => !new RegExp(`^Package: ${name}$`, 'm').test(status));
  const stanzas = missing.map(
    ([name, version]) =>
      `Package: ${name}\nStatus: install ok installed\nMaintainer: Proxmox Support Team <support@proxmox.com>\n` +
      `Architecture: ${name.startsWith('lib') ? 'all' : 'amd64'}\nVersion: ${version}\n\n`,
  );
  if (stanzas.length > 0) machine.tree.setFile(path, status + stanzas.join(''));
}
