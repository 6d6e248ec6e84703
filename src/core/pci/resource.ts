// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciBar } from '../facts/pci-facts.ts';

/** IORESOURCE_UNSET of kernel include/linux/ioport.h: a size is known, an address was never assigned. */
const UNSET = 0x20000000n;

/** Indices after the VF BARs are bridge windows (kernel include/linux/pci.h, PCI_BRIDGE_RESOURCES). */
const LAST_INDEX = 12;

/**
 * Reads the sysfs file `resource`, whose line N is `start end flags` of window N. Unused windows are left out; a window that
 * has a size but no address starts at `0x0`. Lines that are not three hex numbers are left out too.
 */
export function parseResource(text: string): readonly PciBar[] {
  return text.split('\n').flatMap((line, index) => {
    const bar = index > LAST_INDEX ? undefined : parseLine(line, index);
    return bar === undefined ? [] : [bar];
  });
}

function parseLine(line: string, index: number): PciBar | undefined {
  const match = /^\s*0x([0-9a-f]{1,16})\s+0x([0-9a-f]{1,16})\s+0x([0-9a-f]{1,16})\s*$/i.exec(line);
  if (match === null) return undefined;
  const [start, end, flags] = [match[1], match[2], match[3]].map((digits) => BigInt(`0x${digits}`)) as [bigint, bigint, bigint];
  if (flags === 0n || end < start || end === 0n) return undefined;
  const address = (flags & UNSET) === 0n ? start : 0n;
  return { index, start: `0x${address.toString(16)}`, sizeBytes: Number(end - start + 1n) };
}
