// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestFacts } from '../../core/facts/guest-facts.ts';
import type { RomFacts, RomFile } from '../../core/facts/rom-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import { hostpciEntries } from '../../core/guest/guest-view.ts';
import { hostpciValue } from '../../core/guest/hostpci.ts';
import { parseOptionRom } from '../../core/rom/option-rom.ts';
import { visible } from '../../core/text/visible.ts';
import { ROM_FOLDER } from '../../core/whole-gpu/gpu-args.ts';
import type { Host } from '../../ports/host.ts';
import { unreadable } from './attribute.ts';
import { inBatches } from './in-batches.ts';
import { readLocalNode } from './read-guest-files.ts';
import { senseGuests } from './sense-guests.ts';

/** More than any ROM of a GPU has: the largest of cards have 1 MiB. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Names that lead to no other folder and no device. */
const PLAIN = /^\w[\w.+-]*(\/\w[\w.+-]*)*$/;

/** The ROM files that guests of the cluster name, read from this node. */
export async function senseRoms(host: Host): Promise<Section<RomFacts>> {
  const [guests, node] = await Promise.all([senseGuests(host), readLocalNode(host)]);
  if (guests.state === 'unknown') return guests;
  if (guests.state !== 'known') return unknown('the guests were not read');
  const users = namesOf(guests.value);
  const roms = await inBatches([...users.keys()].sort(), async (name): Promise<RomFile> => {
    const of = users.get(name) ?? [];
    return {
      name: visible(name, 120),
      path: visible(`${ROM_FOLDER}${name}`, 160),
      vmids: of.filter((user) => user.node === node).map(({ vmid }) => vmid),
      elsewhere: of.filter((user) => user.node !== node).map(({ vmid }) => vmid),
      rom: await readRom(host, name),
    };
  });
  return known({ roms });
}

interface User {
  readonly vmid: number;
  readonly node: string;
}

function namesOf({ guests }: GuestFacts): ReadonlyMap<string, readonly User[]> {
  const users = new Map<string, User[]>();
  for (const guest of guests)
    for (const { parsed } of hostpciEntries(guest, 'next')) {
      const name = parsed.ok ? hostpciValue(parsed.value, 'romfile') : undefined;
      if (name === undefined || users.get(name)?.some(({ vmid }) => vmid === guest.vmid) === true) continue;
      users.set(name, [...(users.get(name) ?? []), { vmid: guest.vmid, node: guest.node }]);
    }
  return users;
}

async function readRom(host: Host, name: string): Promise<RomFile['rom']> {
  if (!PLAIN.test(name)) return unknown('the name leads out of the folder, or has characters that no file of a ROM has');
  const path = `${ROM_FOLDER}${name}`;
  const stat = await host.stat(path);
  if (stat.kind === 'absent') return { state: 'absent' };
  if (stat.kind === 'unreadable') return unreadable(path, stat.errno);
  if (stat.value.kind !== 'file') return unknown(`${path} is no file`);
  if (stat.value.sizeBytes > MAX_BYTES) return unknown(`${path} has ${stat.value.sizeBytes} bytes, far more than a ROM`);
  const read = await host.readBytes(path, { maxBytes: MAX_BYTES });
  if (read.kind === 'absent') return { state: 'absent' };
  return read.kind === 'content' ? known(parseOptionRom(read.value)) : unreadable(path, read.errno);
}
