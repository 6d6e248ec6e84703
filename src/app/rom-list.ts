// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../core/facts/section.ts';
import { type RomFileGround, type RomListView, romListView } from '../core/rom/rom-list-view.ts';
import { parseRomManifest, romOfManifest, romPaths } from '../core/rom/rom-manifest.ts';
import { romUsers } from '../core/rom/rom-users.ts';
import { visible } from '../core/text/visible.ts';
import { ROM_FOLDER } from '../core/whole-gpu/gpu-args.ts';
import type { Context } from './context.ts';
import { readLocalNode } from './sense/read-guest-files.ts';
import { sense } from './sense/sense.ts';

/** Firmware volumes and disks lie in the same folder and are larger than any ROM. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The ROM files of this node with what they fit and who uses them; `all` lists QEMU's own too. */
export async function listRomFiles({ host }: Context, { all }: { readonly all: boolean }): Promise<RomListView> {
  const facts = await sense(host, ['pci', 'guests']);
  const localNode = await readLocalNode(host);
  const unknown: string[] = [];
  if (facts.guests.state === 'unknown') unknown.push(`guests: ${facts.guests.reason}`);
  if (facts.pci.state === 'unknown') unknown.push(`pci: ${facts.pci.reason}`);
  const guests = ifKnown(facts.guests);
  const users = guests === undefined ? new Map() : romUsers(guests);
  const listing = await host.list(ROM_FOLDER);
  if (listing.kind === 'unreadable') unknown.push(`${ROM_FOLDER}: ${listing.errno}`);
  const names = listing.kind === 'content' ? listing.value : [];
  const files: RomFileGround[] = [];
  for (const name of [...new Set([...names.filter((one) => romOfManifest(one) === undefined), ...users.keys()])].sort()) {
    const paths = romPaths(name);
    if (!paths.ok) continue;
    const stat = await host.stat(paths.value.rom);
    if (stat.kind === 'content' && (stat.value.kind !== 'file' || stat.value.sizeBytes > MOST_BYTES)) continue;
    const read = await host.readBytes(paths.value.rom, { maxBytes: MOST_BYTES });
    if (read.kind === 'unreadable') unknown.push(`${visible(paths.value.rom, 160)}: ${read.errno}`);
    if (read.kind === 'unreadable') continue;
    const text = names.includes(`${paths.value.manifest.slice(ROM_FOLDER.length)}`)
      ? await host.read(paths.value.manifest)
      : undefined;
    const manifest = text?.kind === 'content' ? parseRomManifest(text.value, paths.value.manifest) : undefined;
    if (manifest?.ok === false) unknown.push(manifest.problem.message);
    files.push({
      name,
      content: read.kind === 'content' ? read.value : null,
      ...(manifest?.ok === true ? { manifest: manifest.value } : {}),
      users: users.get(name) ?? [],
    });
  }
  // a VF is not listed: it has the ids of its GPU
  const gpus = (ifKnown(facts.pci)?.displays ?? []).filter(({ physfn }) => physfn === undefined);
  return romListView(files, gpus, { localNode, unknown, all });
}
