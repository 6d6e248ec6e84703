// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimDevice } from './state.ts';

/** Flags of struct resource: I/O; 64-bit memory; 64-bit prefetchable memory (include/linux/ioport.h). */
const IO = '0x0000000000040101';
const MEMORY = '0x0000000000140204';
const PREFETCHABLE = '0x000000000014220c';

/** Windows 0 to 5 are the device's own, 6 its ROM, 7 to 12 those of its VFs (include/linux/pci.h). */
const WINDOWS = 13;

/** The sysfs file `resource`: one line a window, all zero where there is none. VF windows span all VFs. */
export function resourceText(device: SimDevice): string {
  const lines: string[] = [];
  for (let index = 0; index < WINDOWS; index += 1) lines.push(windowOf(device, index));
  return `${lines.join('\n')}\n`;
}

function windowOf(device: SimDevice, index: number): string {
  if (device.physfn !== undefined) return vfWindow(device.physfn, device.vfIndex ?? 0, index);
  const bar = device.profile.bars?.find((entry) => entry.index === index);
  if (bar === undefined) return line(0n, 0n, undefined);
  return line(BigInt(bar.start), BigInt(bar.sizeBytes), flagsOf(index, bar.sizeBytes));
}

function vfWindow(pf: SimDevice, vfIndex: number, index: number): string {
  const bar = pf.profile.bars?.find((entry) => entry.index === index + 7);
  const total = BigInt(pf.sriov?.hardwareTotal ?? 1);
  if (bar === undefined || index > 5) return line(0n, 0n, undefined);
  const size = BigInt(bar.sizeBytes) / total;
  return line(BigInt(bar.start) + size * BigInt(vfIndex), size, flagsOf(index, bar.sizeBytes));
}

function flagsOf(index: number, sizeBytes: number): string {
  if (sizeBytes <= 256) return IO;
  return index === 2 || index === 9 ? PREFETCHABLE : MEMORY;
}

function line(start: bigint, size: bigint, flags: string | undefined): string {
  const hex = (value: bigint) => `0x${value.toString(16).padStart(16, '0')}`;
  if (flags === undefined) return `${hex(0n)} ${hex(0n)} ${hex(0n)}`;
  return `${hex(start)} ${hex(start + size - 1n)} ${flags}`;
}

/** Whether firmware gave the VF windows an address; without one VFs can't be enabled (kernel drivers/pci/iov.c). */
export function vfWindowsPlaced(pf: SimDevice): boolean {
  const windows = (pf.profile.bars ?? []).filter((bar) => bar.index >= 7);
  return windows.length > 0 && windows.every((bar) => BigInt(bar.start) !== 0n);
}
