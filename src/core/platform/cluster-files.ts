// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PveFacts } from '../facts/platform-facts.ts';
import { type Reading, unknown } from '../facts/section.ts';
import { problem, type Result } from '../problem.ts';

/** What `/etc/pve/.members` says. */
export interface Members {
  readonly nodeName?: string;
  /** Without a cluster a node has quorum by itself. */
  readonly quorate: boolean;
  readonly nodes: readonly string[];
}

/** The part of `.members` that facts rest on, for a capture: no addresses; `rename` gives the node names that may be shown. */
export function keptMembers(text: string, rename: (node: string) => string): string {
  const parsed = parseMembers(text);
  if (!parsed.ok) return '';
  const { nodeName, quorate, nodes } = parsed.value;
  const cluster = {
    cluster: { quorate: quorate ? 1 : 0 },
    nodelist: Object.fromEntries(nodes.map((node) => [rename(node), {}])),
  };
  const alone = nodes.length === 1 && nodes[0] === nodeName && quorate;
  return `${JSON.stringify({ ...(nodeName === undefined ? {} : { nodename: rename(nodeName) }), ...(alone ? {} : cluster) })}\n`;
}

type Vmlist = PveFacts['vmlist'] extends Reading<infer T> ? T : never;

/** Reads `/etc/pve/.members` (pmxcfs status.c): `cluster` and `nodelist` stand there only when a cluster was made. */
export function parseMembers(text: string): Result<Members> {
  const root = object(json(text));
  if (root === undefined) return damaged('/etc/pve/.members');
  const nodeName = typeof root.nodename === 'string' ? root.nodename : undefined;
  const cluster = object(root.cluster);
  const nodes = Object.keys(object(root.nodelist) ?? {});
  return {
    ok: true,
    value: {
      ...(nodeName === undefined ? {} : { nodeName }),
      quorate: cluster === undefined || cluster.quorate === 1 || cluster.quorate === true,
      nodes: nodes.length > 0 || nodeName === undefined ? nodes : [nodeName],
    },
  };
}

/** Reads `/etc/pve/.vmlist` (pmxcfs status.c), sorted by VMID. Entries of another type are left out. */
export function parseVmlist(text: string): Result<Vmlist> {
  const ids = object(object(json(text))?.ids);
  if (ids === undefined) return damaged('/etc/pve/.vmlist');
  const guests = Object.entries(ids).flatMap(([id, entry]) => {
    const { node, type } = object(entry) ?? {};
    if (!/^[1-9][0-9]{0,8}$/.test(id) || typeof node !== 'string' || (type !== 'qemu' && type !== 'lxc')) return [];
    return [{ vmid: Number(id), node, kind: type } as const];
  });
  return { ok: true, value: guests.sort((a, b) => a.vmid - b.vmid) };
}

/** Turns a result into a reading: a problem's message becomes the reason. */
export function asReading<T>(result: Result<T>): Reading<T> {
  return result.ok ? { state: 'known', value: result.value } : unknown(result.problem.message);
}

function damaged(path: string): Result<never> {
  return problem('format.unreadable', `${path} is not the JSON that Proxmox VE writes.`, { where: path });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function object(value: unknown): { readonly [key: string]: unknown } | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
