// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../core/facts/section.ts';
import type { Bdf } from '../core/pci/address.ts';
import type { Plan } from '../core/plan/action.ts';
import { problem, type Result } from '../core/problem.ts';
import { planRomInstall } from '../core/rom/plan-rom-install.ts';
import { romPaths } from '../core/rom/rom-manifest.ts';
import { romUsers } from '../core/rom/rom-users.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { readImage } from './engine/read-image.ts';
import { deviceOf } from './rom-dump.ts';
import { readRomFile } from './rom-file.ts';
import { readLocalNode } from './sense/read-guest-files.ts';
import { sense } from './sense/sense.ts';

/** A ROM file to install: where it lies, which may be another machine than the node. */
export interface RomInstallRequest {
  readonly host: Host;
  readonly path: string;
  /** The name that guests will use; by default that of the file. */
  readonly name?: string;
  /** Where it came from, for the manifest; by default the path. */
  readonly source?: string;
  /** The device that it is for; by default it has to fit one of the displays. */
  readonly bdf?: Bdf;
  /** Whether every node of the cluster shall have it, which its note says then. */
  readonly allNodes?: boolean;
}

/** The largest that QEMU maps for a display, with room to spare; a larger file is no ROM. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Plans installing a ROM file below `/usr/share/kvm`; nothing is written. */
export async function planInstallRom(context: Context, request: RomInstallRequest): Promise<Result<Plan>> {
  const { host } = context;
  const name = request.name ?? request.path.split('/').at(-1) ?? '';
  const paths = romPaths(name);
  if (!paths.ok) return paths;
  const content = await readRomFile(request.host, request.path);
  if (!content.ok) return content;
  if (content.value.length > MOST_BYTES)
    return problem('format.unreadable', `${request.path} has ${content.value.length} bytes, more than any option ROM.`, {
      where: request.path,
    });
  const wanted = request.bdf === undefined ? undefined : await deviceOf(context, request.bdf);
  if (wanted?.ok === false) return wanted;
  const facts = await sense(host, ['pci', 'guests', 'pve']);
  if (facts.guests.state === 'unknown')
    return problem('facts.unknown', `The guests are not known (${facts.guests.reason}), so it cannot be said who uses ${name}.`);
  const rom = await readImage(host, paths.value.rom);
  if (!rom.ok) return rom;
  const manifest = await readImage(host, paths.value.manifest);
  if (!manifest.ok) return manifest;
  const guests = ifKnown(facts.guests);
  return planRomInstall({
    name,
    content: content.value,
    source: request.source ?? request.path,
    now: new Date(context.clock.nowMs()).toISOString(),
    ...(wanted === undefined ? {} : { wanted: wanted.value }),
    displays: ifKnown(facts.pci)?.displays ?? [],
    localNode: await readLocalNode(host),
    ...(request.allNodes === true ? { allNodes: ifKnown(facts.pve)?.nodes ?? [] } : {}),
    users: guests === undefined ? [] : (romUsers(guests).get(name) ?? []),
    rom: rom.value,
    manifest: manifest.value,
  });
}
