// SPDX-License-Identifier: AGPL-3.0-or-later
import { OPENGL_DISPLAY } from '../guest/device-words.ts';
import type { DisplayWish } from './mdev-wish.ts';

/** How a QEMU wants to be told about a mediated GPU. */
interface QemuRow {
  /** First version, `major.minor`. */
  readonly since: readonly [number, number];
  /** Whether the OpRegion is emulated without being asked for. */
  readonly opregionByDefault: boolean;
}

/**
 * By version, oldest first. 4.0: `ramfb` of vfio-pci-nohotplug (QEMU commit b290659fc3dd), `xres` and `yres` (hw/vfio/pci.c). 10.1: `x-igd-opregion` is on
 * by default, also for mediated devices (hw/vfio/pci.c, vfio_pci_dev_properties; hw/vfio/igd.c, kvmgt quirk).
 */
const ROWS: readonly QemuRow[] = [
  { since: [4, 0], opregionByDefault: false },
  { since: [10, 1], opregionByDefault: true },
];

/** The guest as far as a picture is concerned. */
export interface DisplayCase {
  /** `hostpci0`. */
  readonly key: string;
  readonly display: DisplayWish;
  /** Width and height that are asked of the virtual monitor, absent to leave them to QEMU. */
  readonly size?: { readonly width: number; readonly height: number };
  /** `major.minor`; absent when it is not known, and then nothing is left to defaults. */
  readonly qemuVersion?: string;
  /** Windows and UEFI look for the OpRegion even without a picture (https://wiki.archlinux.org/title/Intel_GVT-g). */
  readonly wantsOpregion: boolean;
  /** Whether QEMU has a display with OpenGL already: `vga: virtio-gl`, or a `-display` of the user's own. */
  readonly hasOpenGl: boolean;
}

/**
 * Words for `args:` that `hostpciN` cannot express. A picture of a mediated device is a dma-buf, which QEMU refuses without an OpenGL display
 * ("vfio-display-dmabuf: opengl not available", hw/vfio/display.c); PVE gives one only with `vga: virtio-gl`, by these same words.
 */
export function displayWords({ key, display, size, qemuVersion, wantsOpregion, hasOpenGl }: DisplayCase): readonly string[] {
  const set = (property: string, value: string | number) => ['-set', `device.${key}.${property}=${value}`];
  const opregion = isOn(display) || wantsOpregion ? (opregionByDefault(qemuVersion) ? [] : set('x-igd-opregion', 'on')) : [];
  if (!isOn(display)) return opregion;
  return [
    ...opregion,
    ...set('driver', 'vfio-pci-nohotplug'),
    ...set('display', 'on'),
    ...set('ramfb', 'on'),
    ...(size === undefined ? [] : [...set('xres', size.width), ...set('yres', size.height)]),
    ...(hasOpenGl ? [] : OPENGL_DISPLAY),
  ];
}

function isOn(display: DisplayWish): boolean {
  return display.kind === 'ramfb';
}

function opregionByDefault(version: string | undefined): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (major === undefined || minor === undefined) return false;
  const own = Number(major) * 1000 + Number(minor);
  return ROWS.filter(({ since }) => since[0] * 1000 + since[1] <= own).at(-1)?.opregionByDefault ?? false;
}
