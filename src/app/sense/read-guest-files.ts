// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../../core/facts/guest-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import { configDigest } from '../../core/guest/digest.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import { unreadable } from './attribute.ts';
import { inBatches } from './in-batches.ts';
import { mayHaveGuests } from './proxmox-node.ts';

/** Where one guest's configuration lies. */
export interface GuestFile {
  readonly kind: GuestKind;
  readonly vmid: number;
  readonly node: string;
  readonly path: string;
}

/** Every guest's file in the cluster, and folders that could not be listed. */
export interface GuestFiles {
  readonly localNode: string;
  readonly files: readonly GuestFile[];
  readonly unreadable: readonly { readonly kind: GuestKind; readonly node: string; readonly reason: string }[];
}

const NODES = '/etc/pve/nodes';
const FOLDERS: readonly (readonly [string, GuestKind])[] = [
  ['qemu-server', 'qemu'],
  ['lxc', 'lxc'],
];

/**
 * Lists the guests of the cluster by their files. When `/etc/pve` is not mounted nothing is known; it is never "no guests", but on a machine without Proxmox VE. The local
 * node is what `/etc/pve/local` points at, else the host name.
 */
export async function listGuestFiles(host: Host): Promise<Section<GuestFiles>> {
  const [nodes, localNode] = await Promise.all([host.list(NODES), readLocalNode(host)]);
  if (nodes.kind === 'unreadable') return unreadable(NODES, nodes.errno);
  if (nodes.kind === 'absent') {
    if (!(await mayHaveGuests(host))) return known({ localNode, files: [], unreadable: [] });
    return unknown('/etc/pve is not mounted, so the guests are not known');
  }
  const folders = nodes.value.flatMap((node) => FOLDERS.map(([folder, kind]) => ({ node, folder, kind })));
  const listed = await inBatches(folders, async ({ node, folder, kind }) => {
    const path = `${NODES}/${node}/${folder}`;
    return { node, kind, path, names: await host.list(path) };
  });
  const files: GuestFile[] = [];
  const failed: { kind: GuestKind; node: string; reason: string }[] = [];
  for (const { node, kind, path, names } of listed) {
    if (names.kind === 'unreadable') failed.push({ kind, node, reason: unreadable(path, names.errno).reason });
    if (names.kind !== 'content') continue;
    for (const name of names.value) {
      const vmid = /^([1-9]\d{0,9})\.conf$/.exec(name)?.[1];
      if (vmid !== undefined) files.push({ kind, vmid: Number(vmid), node, path: `${path}/${name}` });
    }
  }
  return known({ localNode, files, unreadable: failed });
}

/** The name of this node as PVE has it. */
export async function readLocalNode(host: Host): Promise<string> {
  const link = await host.readLink('/etc/pve/local');
  if (link.kind === 'content') return link.value.replace(/\/+$/, '').split('/').pop() ?? '';
  const name = await host.read('/etc/hostname');
  return name.kind === 'content' ? (name.value.trim().split('.')[0] ?? '') : '';
}

/** One guest's configuration now: its whole text and PVE's digest of it. Read this before a change; facts hold only a part. */
export interface GuestText {
  readonly kind: GuestKind;
  readonly vmid: number;
  readonly node: string;
  readonly path: string;
  readonly text: string;
  readonly digest: string;
}

/** Reads one guest's configuration from this node. Fails with `guest.unknown`, `pve.absent` or `host.read`. */
export async function readGuestConfig(host: Host, vmid: number): Promise<Result<GuestText>> {
  const node = await readLocalNode(host);
  const files = FOLDERS.map(([folder, kind]) => ({ kind, path: `${NODES}/${node}/${folder}/${vmid}.conf` }));
  for (const { kind, path } of files) {
    const read = await host.readBytes(path);
    if (read.kind === 'unreadable') return problem('host.read', `${path} cannot be read (${read.errno}).`, { where: path });
    if (read.kind !== 'content') continue;
    return ok({ kind, vmid, node, path, text: new TextDecoder().decode(read.value), digest: configDigest(read.value) });
  }
  if ((await host.list(NODES)).kind !== 'content') {
    return problem('pve.absent', `/etc/pve is not mounted, so guest ${vmid} is not known.`, {
      hint: 'Look at systemctl status pve-cluster.',
    });
  }
  return problem('guest.unknown', `There is no guest ${vmid} on this node.`, {
    hint: 'List the guests with qm list and pct list.',
  });
}
