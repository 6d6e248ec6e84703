// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { code43List } from '../inside/code-43.ts';
import { type InsideSystem, systemOf } from '../inside/inside-case.ts';
import { vfDrivers } from '../inside/kernel-driver.ts';
import { nextConfig } from './guest-keys.ts';

/**
 * What a guest itself still needs before it can use a VF of a GPU (four hex digits), as short sentences in order; none when its
 * system is not known. The same knowledge with commands is in `src/core/inside`, with its sources.
 */
export function guestNotes(guest: Guest, device: string): readonly string[] {
  const entry = lookupGpu(device);
  if (guest.kind !== 'qemu' || entry === undefined) return [];
  const notes = NOTES[systemOf(guest)](guest, entry);
  return notes.length === 0
    ? []
    : [...notes, `pveigpu guest ${guest.vmid} has the steps with their commands, and --verify shows whether it works.`];
}

const NOTES: { readonly [S in InsideSystem]: (guest: Guest, entry: CatalogueEntry) => readonly string[] } = {
  linux: (_guest, entry) => linuxNotes(entry),
  windows: windowsNotes,
  other: () => [],
};

function linuxNotes(entry: CatalogueEntry): readonly string[] {
  const { stock, dkms } = vfDrivers(entry);
  const notes: string[] = [];
  if (stock !== undefined) {
    const parameter = stock.forced ? ` with xe.force_probe=${entry.device} on its command line` : '';
    notes.push(`Linux guest: a kernel from ${stock.since} on has the driver itself (xe)${parameter}.`);
  }
  if (dkms) {
    const only = notes.length === 0 ? 'no kernel has a driver for this VF: install' : 'with an older kernel install';
    notes.push(
      `Linux guest: ${only} i915-sriov-dkms, with i915.enable_guc=3 module_blacklist=xe on its command line and no max_vfs.`,
    );
    notes.push(
      'Cloud images need linux-modules-extra for it, and keep their command line in /etc/default/grub.d/50-cloudimg-settings.cfg.',
    );
  }
  return notes;
}

/** The Code 43 list; what the guest has already is left out. */
function windowsNotes(guest: Guest): readonly string[] {
  const open = code43List(nextConfig(guest)).filter(({ done }) => done !== true);
  return [
    "Windows guest: install Intel's graphics driver in it; use remote desktop, since a VF has no picture of its own.",
    ...open.map(({ text }) => `Against Code 43: ${text.charAt(0).toLowerCase()}${text.slice(1)}`),
  ];
}
