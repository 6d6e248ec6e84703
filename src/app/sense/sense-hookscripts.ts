// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestFacts, HookscriptFacts } from '../../core/facts/guest-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { parseSnippetStorages, type SnippetStorage } from '../../core/guest/storage-config.ts';
import { snippetPath } from '../../core/guest/volid.ts';
import type { Host } from '../../ports/host.ts';
import { unreadable } from './attribute.ts';
import { inBatches } from './in-batches.ts';
import { readLocalNode } from './read-guest-files.ts';
import { senseGuests } from './sense-guests.ts';

const STORAGES = '/etc/pve/storage.cfg';

export interface SenseHookscriptsOptions {
  /** The guests when they are known already; else they are read. */
  readonly guests?: Section<GuestFacts>;
}

/** The storages that can hold snippets, and the hook scripts that the cluster's guests name: there on this node, and executable? */
export async function senseHookscripts(host: Host, options: SenseHookscriptsOptions = {}): Promise<Section<HookscriptFacts>> {
  const [read, guests, node] = await Promise.all([host.read(STORAGES), options.guests ?? senseGuests(host), readLocalNode(host)]);
  if (read.kind === 'unreadable') return unreadable(STORAGES, read.errno);
  if (guests.state === 'unknown') return guests;
  if (guests.state !== 'known') return { state: 'unknown', reason: 'the guests were not read' };
  const snippetStorages = parseSnippetStorages(read.kind === 'content' ? read.value : '');
  const vmids = scriptsOf(guests.value, node);
  const scripts = await inBatches([...vmids.keys()].sort(), async (volid) => ({
    ...(await lookAt(host, volid, snippetStorages)),
    ...(vmids.get(volid) ?? { vmids: [] }),
  }));
  return known({ snippetStorages, scripts });
}

interface Users {
  readonly vmids: readonly number[];
  readonly elsewhere?: readonly number[];
}

function scriptsOf(facts: GuestFacts, node: string): ReadonlyMap<string, Users> {
  const users = new Map<string, Users>();
  for (const guest of facts.guests) {
    const volids = new Set(
      guest.sections.filter((section) => section.snapshot !== true).map((section) => section.keys.hookscript),
    );
    for (const volid of volids) {
      if (volid === undefined) continue;
      const { vmids, elsewhere = [] }: Users = users.get(volid) ?? { vmids: [] };
      const isOwn = guest.node === node;
      const others = isOwn ? elsewhere : [...elsewhere, guest.vmid];
      users.set(volid, { vmids: isOwn ? [...vmids, guest.vmid] : vmids, ...(others.length > 0 ? { elsewhere: others } : {}) });
    }
  }
  return users;
}

async function lookAt(host: Host, volid: string, storages: readonly SnippetStorage[]) {
  const path = snippetPath(volid, storages);
  if (path === undefined) return { volid, exists: false, executable: false };
  const stat = await host.stat(path);
  const exists = stat.kind === 'content' && stat.value.kind === 'file';
  return { volid, path, exists, executable: exists && (stat.value.mode & 0o111) !== 0 };
}
