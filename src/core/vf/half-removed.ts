// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ok, problem, type Result } from '../problem.ts';
import { expectedVfs, placesOf } from './expected-vfs.ts';
import { type Vf, vfName } from './vf.ts';
import { vfHolders } from './vf-holders.ts';
import { isLeaving } from './whole-displays.ts';

/** The VFs of a GPU that the kernel has begun to take away and not ended with, lowest first. */
export function halfRemovedVfs(pci: PciFacts, pf: PciDevice): readonly Vf[] {
  const places: readonly string[] = expectedVfs(pf, placesOf(pf));
  return pci.displays
    .filter((device) => isLeaving(pf, device) && !pf.sriov?.vfs.some(({ bdf }) => bdf === device.bdf))
    .map((device) => ({ pf, number: places.indexOf(device.bdf) + 1, bdf: device.bdf, device }))
    .sort((a, b) => a.number - b.number);
}

/** VFs are made and taken away lowest first, so a missing one below another is one that went. */
function hasGap(pf: PciDevice): boolean {
  const vfs = pf.sriov?.vfs ?? [];
  return vfs.some(({ index }) => index >= vfs.length);
}

/** What is open of a removal of a GPU's VFs, as a sentence; undefined when nothing is. */
export function openRemovalText(pci: PciFacts, pf: PciDevice): string | undefined {
  const half = halfRemovedVfs(pci, pf);
  if (half.length === 0 && !hasGap(pf)) return undefined;
  const what = half.length > 0 ? `${half.map(vfName).join(', ')} is only half gone` : 'some are gone and some are not';
  return `A removal of the VFs of ${pf.bdf} has not ended: ${what}.`;
}

/**
 * `vf.in-use` while the kernel is not done with a removal of this GPU's VFs, naming who has the VF open that it waits for:
 * a write about VFs would only wait behind it.
 */
export function noOpenRemoval(facts: HostFacts, pci: PciFacts, pf: PciDevice): Result<void> {
  const message = openRemovalText(pci, pf);
  if (message === undefined) return ok(undefined);
  const half = halfRemovedVfs(pci, pf);
  const users = [...new Set(half.flatMap((vf) => vfHolders(facts, vf).map(({ name }) => name)))];
  if (users.length === 0)
    return problem('vf.in-use', message, { hint: 'dmesg says what the kernel waits for. Try again then.', where: pf.bdf });
  return problem('vf.in-use', `${message} It is in use by ${users.join(', ')}.`, {
    hint: 'Stop that, and the removal ends by itself; then try again.',
    where: pf.bdf,
  });
}
