// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, GuestFacts } from '../../core/facts/guest-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { guestSections } from '../../core/guest/guest-sections.ts';
import type { Host, Read } from '../../ports/host.ts';
import { unreadable } from './attribute.ts';
import { inBatches } from './in-batches.ts';
import { type GuestFile, listGuestFiles } from './read-guest-files.ts';
import { type Running, readRunning } from './read-running.ts';

export interface SenseGuestsOptions {
  /** Only these guests: the hook reads one file, not thousands. */
  readonly vmids?: readonly number[];
}

/** Reads of all guests that are under way: the hook scripts' sensor asks at the same time, and there may be thousands of files. */
const underWay = new WeakMap<Host, Promise<Section<GuestFacts>>>();

/**
 * Every guest of the cluster from its configuration file; whether it runs is known for this node's guests only (`absent` elsewhere). A
 * guest whose file cannot be read is listed as such and not left out.
 */
export async function senseGuests(host: Host, options: SenseGuestsOptions = {}): Promise<Section<GuestFacts>> {
  if (options.vmids !== undefined) return readGuests(host, new Set(options.vmids));
  const shared = underWay.get(host) ?? readGuests(host).finally(() => underWay.delete(host));
  underWay.set(host, shared);
  return shared;
}

async function readGuests(host: Host, vmids?: ReadonlySet<number>): Promise<Section<GuestFacts>> {
  const [listed, running] = await Promise.all([listGuestFiles(host), readRunning(host, vmids)]);
  if (listed.state !== 'known') return listed;
  const { localNode, files } = listed.value;
  const guests: Guest[] = [];
  const failed: { vmid: number; kind: Guest['kind']; reason: string }[] = listed.value.unreadable.map(({ kind, reason }) => ({
    vmid: 0,
    kind,
    reason,
  }));
  const wanted = vmids === undefined ? files : files.filter((file) => vmids.has(file.vmid));
  const texts = await inBatches(wanted, (file) => host.read(file.path));
  wanted.forEach((file, index) => {
    const read = texts[index];
    if (read?.kind === 'content') guests.push(guestOf(file, read.value, localNode, running));
    else failed.push({ vmid: file.vmid, kind: file.kind, reason: reasonOf(file, read) });
  });
  guests.sort((a, b) => a.vmid - b.vmid);
  return known({ guests, unreadable: failed });
}

function guestOf(file: GuestFile, text: string, localNode: string, running: Running): Guest {
  return {
    vmid: file.vmid,
    kind: file.kind,
    node: file.node,
    running: file.node === localNode ? running.of(file.kind, file.vmid) : { state: 'absent' },
    ...guestSections(file.kind, text),
  };
}

function reasonOf(file: GuestFile, read: Read<string> | undefined): string {
  if (read?.kind === 'unreadable') return unreadable(file.path, read.errno).reason;
  return `${file.path} vanished while it was read`;
}
