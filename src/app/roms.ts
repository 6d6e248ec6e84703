// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../core/facts/section.ts';
import { type RomRow, romRow } from '../core/rom/rom-row.ts';
import { visible } from '../core/text/visible.ts';
import { ROM_FOLDER } from '../core/whole-gpu/gpu-args.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';

/** The ROMs of displays that guests can name on this node: a JSON value. */
export interface RomsView {
  readonly format: 1;
  readonly roms: readonly RomRow[];
  /** Files that could not be read, each with the reason. */
  readonly unknown: readonly string[];
}

/** What QEMU and people call ROM files; firmware volumes beside them have other names. */
const NAME = /^\w[\w.+-]*\.(?:rom|bin|efi)$/i;
/** More than any ROM of a display: the largest of cards have 1 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The option ROMs of displays in the folder that PVE takes `romfile` from, and which GPU of this machine each is for. */
export async function listRoms({ host }: Pick<Context, 'host'>): Promise<RomsView> {
  const facts = await sense(host, ['pci']);
  const gpus = ifKnown(facts.pci)?.displays ?? [];
  const names = await host.list(ROM_FOLDER);
  if (names.kind === 'unreadable') return { format: 1, roms: [], unknown: [`${ROM_FOLDER} cannot be read (${names.errno}).`] };
  const roms: RomRow[] = [];
  const unknown: string[] = [];
  for (const name of names.kind === 'content' ? names.value.filter((one) => NAME.test(one)) : []) {
    const read = await host.readBytes(`${ROM_FOLDER}${name}`, { maxBytes: MOST_BYTES + 1 });
    if (read.kind === 'unreadable') unknown.push(`${visible(name, 120)} cannot be read (${read.errno}).`);
    const isSmall = read.kind === 'content' && read.value.length <= MOST_BYTES;
    const row = isSmall ? romRow(visible(name, 120), read.value, gpus) : undefined;
    if (row !== undefined) roms.push(row);
  }
  return { format: 1, roms, unknown };
}
