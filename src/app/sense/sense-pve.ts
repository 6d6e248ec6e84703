// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PveFacts } from '../../core/facts/platform-facts.ts';
import { known, type Reading, type Section, unknown } from '../../core/facts/section.ts';
import { linkName } from '../../core/pci/sysfs-values.ts';
import { asReading, type Members, parseMembers, parseVmlist } from '../../core/platform/cluster-files.ts';
import { installedVersions, qemuMajorMinor, SENSED_PACKAGES } from '../../core/platform/dpkg-status.ts';
import type { Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host, Read } from '../../ports/host.ts';
import { readOptional, unreadable } from './attribute.ts';

const STATUS = '/var/lib/dpkg/status';

export interface SensePveOptions {
  /** Only these packages: each costs a search through dpkg's megabytes. Default all that decide something. */
  readonly packages?: readonly string[];
}

/** Proxmox VE on this node, from files only. A plain Debian host has no `/etc/pve`, which is an answer and no failure. */
export async function sensePve(host: Host, options: SensePveOptions = {}): Promise<Section<PveFacts>> {
  const [status, local, hostname, tree, members, vmlist] = await Promise.all([
    host.read(STATUS),
    host.readLink('/etc/pve/local'),
    readOptional(host, '/etc/hostname'),
    host.list('/etc/pve'),
    host.read('/etc/pve/.members'),
    host.read('/etc/pve/.vmlist'),
  ]);
  const packages =
    status.kind === 'content' ? visibleValues(installedVersions(status.value, options.packages ?? SENSED_PACKAGES)) : {};
  const isProxmox = packages['pve-manager'] !== undefined || packages['qemu-server'] !== undefined || members.kind === 'content';
  const cluster = readCluster(isProxmox, tree, members);
  const own = local.kind === 'content' ? linkName(local.value) : (memberName(cluster) ?? (hostname ?? '').trim().split('.')[0]);
  const nodeName = visible(own || 'localhost', 80);
  const nodes = cluster.state === 'known' ? cluster.value.nodes.map((name) => visible(name, 80)) : [];
  return known({
    nodeName,
    isProxmox,
    packages,
    qemuVersion: qemuVersion(status, packages),
    quorate: cluster.state === 'known' ? known(cluster.value.quorate) : cluster,
    nodes: nodes.includes(nodeName) ? nodes : [nodeName, ...nodes],
    vmlist: virtualFile(isProxmox, '/etc/pve/.vmlist', vmlist, parseVmlist),
  });
}

function readCluster(isProxmox: boolean, tree: Read<readonly string[]>, members: Read<string>): Reading<Members> {
  if (tree.kind === 'unreadable') return unreadable('/etc/pve', tree.errno);
  return virtualFile(isProxmox, '/etc/pve/.members', members, parseMembers);
}

/** A file that pmxcfs makes up: when it is not there on a Proxmox node, the file system is not mounted. */
function virtualFile<T>(isProxmox: boolean, path: string, read: Read<string>, parse: (text: string) => Result<T>): Reading<T> {
  if (read.kind === 'unreadable') return unreadable(path, read.errno);
  if (read.kind === 'content') return asReading(parse(read.value));
  return isProxmox ? unknown(`${path} is not there: /etc/pve is not mounted, pve-cluster is not running`) : { state: 'absent' };
}

function qemuVersion(status: Read<string>, packages: PveFacts['packages']): Reading<string> {
  if (status.kind === 'unreadable') return unreadable(STATUS, status.errno);
  const version = packages['pve-qemu-kvm'] ?? packages['qemu-system-x86'];
  if (version === undefined) return { state: 'absent' };
  const number = qemuMajorMinor(version);
  return number === undefined ? unknown(`the version ${version} of QEMU has an unknown form`) : known(number);
}

function memberName(cluster: Reading<Members>): string | undefined {
  return cluster.state === 'known' ? cluster.value.nodeName : undefined;
}

function visibleValues(values: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, visible(value, 80)]));
}
