// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseOptionRom } from './option-rom.ts';
import { type DeviceIds, isFor } from './rom-info.ts';

/** A ROM file of this node as the panel lists it. */
export interface RomRow {
  /** Its name in `/usr/share/kvm`, as `romfile` takes it. */
  readonly file: string;
  readonly bytes: number;
  /** PCI addresses of the GPUs that it is for. */
  readonly gpus: readonly string[];
  /** Null when nobody can tell. */
  readonly fits: boolean | null;
  readonly because: string;
}

/** A GPU of the machine. */
export interface RomGpu extends DeviceIds {
  readonly bdf: string;
}

/** PCI base class of displays. */
const DISPLAY = /^(?:0x)?03/;

/** What a file is for; undefined for what is no ROM of a display of a maker that this machine has, such as QEMU's own. */
export function romRow(file: string, content: Uint8Array, gpus: readonly RomGpu[]): RomRow | undefined {
  const rom = parseOptionRom(content);
  const images = rom.images.filter(({ signature }) => signature === '55aa');
  const ids = [...new Set(images.map(({ vendor, device }) => `${vendor}:${device}`))];
  const isOurs = images.some((image) => DISPLAY.test(image.class) && gpus.some(({ vendor }) => vendor === image.vendor));
  if (!isOurs) return undefined;
  const fitting = gpus.filter((gpu) => isFor(rom, gpu)).map(({ bdf }) => bdf);
  const because =
    fitting.length > 0 ? `It is for ${ids.join(', ')}.` : `It is for ${ids.join(', ')}, which this machine has not.`;
  return { file, bytes: content.length, gpus: fitting, fits: fitting.length > 0, because };
}
