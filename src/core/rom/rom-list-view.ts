// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { gpuName, lookupGpu } from '../gpu/catalogue.ts';
import { sha256Hex } from '../text/sha256.ts';
import { parseOptionRom } from './option-rom.ts';
import { isFor } from './rom-info.ts';
import type { RomManifest } from './rom-manifest.ts';
import { type RomSource, romSourcesFor } from './rom-sources.ts';
import type { RomUser } from './rom-users.ts';

/** A file of the folder that PVE takes ROMs from, with what is known of it. */
export interface RomFileGround {
  readonly name: string;
  /** Null where guests name it and it is not there. */
  readonly content: Uint8Array | null;
  readonly manifest?: RomManifest;
  readonly users: readonly RomUser[];
}

/** One ROM file of this node. */
export interface ListedRom {
  readonly file: string;
  /** `installed` by pveigpu, `changed` since then, `by-hand`, or `missing` although a guest names it. */
  readonly state: 'installed' | 'changed' | 'by-hand' | 'missing';
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly ids: readonly string[];
  /** GPUs of this machine that one of its images is for by its id. */
  readonly fits: readonly string[];
  /** Guests of this node that name it. */
  readonly vmids: readonly number[];
  /** `103 on pve2`: guests of other nodes that name it. */
  readonly elsewhere: readonly string[];
  /** What the manifest says, where there is one. */
  readonly source: string | null;
  readonly device: string | null;
  readonly installed: string | null;
  /** Whether the manifest says that every node of the cluster shall have it. */
  readonly allNodes: boolean;
}

/** One GPU of this machine, which ROMs are for it, and where people get one. */
export interface RomGpuView {
  readonly bdf: string;
  readonly ids: string;
  readonly name: string;
  readonly fits: readonly string[];
  readonly sources: readonly RomSource[];
}

/** What `rom list` shows: a JSON value. */
export interface RomListView {
  readonly format: 1;
  readonly roms: readonly ListedRom[];
  readonly gpus: readonly RomGpuView[];
  readonly unknown: readonly string[];
}

/** PCI base class of displays. */
const DISPLAY = /^03/;
const INTEL = '8086';

/**
 * The ROM files that are of use on this machine: what pveigpu installed, what guests name, and ROMs of displays of the makers of its GPUs; with `all`
 * every option ROM of the folder, those of QEMU's own devices too.
 */
export function romListView(
  files: readonly RomFileGround[],
  gpus: readonly PciDevice[],
  { localNode, unknown, all }: { readonly localNode: string; readonly unknown: readonly string[]; readonly all: boolean },
): RomListView {
  const roms = files.flatMap((file) => listed(file, gpus, localNode, all));
  return {
    format: 1,
    roms,
    gpus: gpus.map((gpu) => {
      const entry = gpu.vendor === INTEL ? lookupGpu(gpu.device) : undefined;
      return {
        bdf: gpu.bdf,
        ids: `${gpu.vendor}:${gpu.device}`,
        name: entry === undefined ? '' : gpuName(entry),
        fits: roms.filter(({ fits }) => fits.includes(gpu.bdf)).map(({ file }) => file),
        sources: entry === undefined ? [] : romSourcesFor(entry.platform),
      };
    }),
    unknown,
  };
}

function listed(
  { name, content, manifest, users }: RomFileGround,
  gpus: readonly PciDevice[],
  localNode: string,
  all: boolean,
): readonly ListedRom[] {
  const { source = null, device = null, installed = null, allNodes = false } = manifest ?? {};
  const own = users.filter(({ node }) => node === localNode);
  const said = {
    file: name,
    vmids: own.map(({ vmid }) => vmid),
    elsewhere: users.filter(({ node }) => node !== localNode).map(({ vmid, node }) => `${vmid} on ${node}`),
    ...{ source, device, installed, allNodes },
  };
  if (content === null) return [{ ...said, state: 'missing', bytes: null, sha256: null, ids: [], fits: [] }];
  const rom = parseOptionRom(content);
  const images = rom.images.filter(({ signature }) => signature === '55aa');
  const isOfMaker = images.some((image) => DISPLAY.test(image.class) && gpus.some(({ vendor }) => vendor === image.vendor));
  const isWanted = manifest !== undefined || users.length > 0 || isOfMaker || (all && images.length > 0);
  if (!isWanted) return [];
  const sha256 = sha256Hex(content);
  return [
    {
      ...said,
      state: manifest === undefined ? 'by-hand' : manifest.sha256 === sha256 ? 'installed' : 'changed',
      bytes: content.length,
      sha256,
      ids: [...new Set(images.map((image) => `${image.vendor}:${image.device}`))],
      fits: gpus.filter((gpu) => isFor(rom, gpu)).map(({ bdf }) => bdf),
    },
  ];
}

/** The files as rows, header first. */
export function romListRows({ roms }: RomListView): readonly (readonly string[])[] {
  const orDash = (words: readonly string[]) => (words.length === 0 ? '-' : words.join(', '));
  return [
    ['FILE', 'STATE', 'BYTES', 'IDS', 'FITS', 'USED BY', 'FROM'],
    ...roms.map((rom) => [
      rom.file,
      rom.state,
      rom.bytes === null ? '-' : String(rom.bytes),
      orDash(rom.ids),
      orDash(rom.fits),
      orDash([...rom.vmids.map(String), ...rom.elsewhere]),
      rom.source ?? '-',
    ]),
  ];
}
