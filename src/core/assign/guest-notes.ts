// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { stockXeForceProbe } from '../gpu/driver-backend.ts';
import { isOn, nextConfig } from './guest-keys.ts';

/**
 * What a guest itself still needs before it can use a VF of a GPU (four hex digits), as short sentences in order; none when its
 * system is not known. Sources:
 * Linux drivers/gpu/drm/xe/xe_pci.c by kernel, the install pages of i915-sriov-dkms, and its issues on Code 43 (225, 256,
 * 313, 328, 429, 466).
 */
export function guestNotes(guest: Guest, device: string): readonly string[] {
  const entry = lookupGpu(device);
  if (guest.kind !== 'qemu' || entry === undefined) return [];
  const ostype = nextConfig(guest).ostype ?? 'other';
  if (/^win|^w2k|^wxp|^wvista/.test(ostype)) return windowsNotes(guest);
  return ostype === 'l26' || ostype === 'l24' ? linuxNotes(entry) : [];
}

function linuxNotes(entry: CatalogueEntry): readonly string[] {
  const { device, sriov } = entry;
  const since = sriov.xeMainlineSince;
  const notes: string[] = [];
  if (typeof since === 'string' && since !== 'unknown') {
    const forced = stockXeForceProbe(entry, since) === true;
    const parameter = forced ? ` with xe.force_probe=${device} on its command line` : '';
    notes.push(`Linux guest: a kernel from ${since} on has the driver itself (xe)${parameter}.`);
  }
  if (sriov.i915Dkms) {
    const only = notes.length === 0 ? 'no kernel has a driver for this VF: install' : 'with an older kernel install';
    notes.push(
      `Linux guest: ${only} i915-sriov-dkms, with i915.enable_guc=3 module_blacklist=xe on its command line and no max_vfs.`,
    );
    notes.push(
      'Cloud images need linux-modules-extra for it, and keep their command line in /etc/default/grub.d/50-cloudimg-settings.cfg.',
    );
  }
  notes.push('Linux guest: vainfo --display drm --device /dev/dri/renderD128 shows whether it works.');
  return notes;
}

/** The Code 43 list, in the order that solved most reported cases; what the guest has already is left out. */
function windowsNotes(guest: Guest): readonly string[] {
  const config = nextConfig(guest);
  const notes: string[] = [
    "Windows guest: install Intel's graphics driver in it; use remote desktop, since a VF has no picture of its own.",
  ];
  if (!/^(?:cputype=)?host\b/.test(config.cpu ?? '')) notes.push('Against Code 43: set cpu: host.');
  if (!/q35/.test(config.machine ?? ''))
    notes.push('Against Code 43: the machine q35 with pcie=1 helps; a change of machine lets Windows see new hardware.');
  if (!Object.entries(config).some(([key, value]) => key.startsWith('hostpci') && value.includes('romfile='))) {
    notes.push("Against Code 43: many need Intel's GOP driver of the board's firmware as option ROM (--rom) and --primary.");
  }
  if (
    !/(?:^|,)hidden=0/.test(config.cpu ?? '') &&
    Object.entries(config).some(([key, value]) => key.startsWith('hostpci') && isOn(/x-vga=([^,]*)/.exec(value)?.[1]))
  )
    notes.push(
      'Against Code 43: x-vga hides the hypervisor, which itself causes it; cpu: host,hidden=0,hv-vendor-id=GenuineIntel undoes that.',
    );
  notes.push('Against Code 43: switch Hyper-V, VBS and memory integrity off in Windows, then try a newer driver.');
  return notes;
}
