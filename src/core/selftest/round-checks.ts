// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Bdf } from '../pci/address.ts';
import { deviceAt, intelGpus, type Vf, vfName, vfsOf } from '../vf/vf.ts';
import { vfHolders } from '../vf/vf-holders.ts';

/** What was looked at, and what was wrong. `unmeasured`: what could not be looked at. */
export interface Checked {
  readonly wrong: readonly string[];
  readonly unmeasured: readonly string[];
}

/** The facts that the checks rest on. */
export const CHECKED_SECTIONS = ['pci', 'drm', 'holders', 'reservations'] as const;

/** The VF that a guest has reserved with PVE now. */
export function heldVf(facts: HostFacts, pf: Bdf, vmid: number): Vf | undefined {
  const mine = (ifKnown(facts.reservations)?.reservations ?? []).filter((one) => one.live && one.vmid === vmid);
  return vfs(facts, pf).find((vf) => mine.some((one) => one.pciId === vf.bdf));
}

/** While the guest runs: its VF is on VFIO and open by this guest and nobody else; GPU and other VFs are as before. */
export function checkRunning(before: HostFacts, now: HostFacts, pf: Bdf, vmid: number): Checked {
  const unmeasured = unread(now);
  const vf = heldVf(now, pf, vmid);
  if (vf === undefined) {
    const wrong = unmeasured.length > 0 ? [] : [`PVE has no VF of ${pf} reserved for VM ${vmid}`];
    return { wrong, unmeasured };
  }
  const wrong = [...unchanged(before, now, pf, vf.bdf)];
  const driver = vf.device?.driver ?? null;
  if (driver !== 'vfio-pci' && driver !== 'xe-vfio-pci') wrong.push(`${vfName(vf)} is on ${driver ?? 'no driver'}, not on VFIO`);
  const holders = vfHolders(now, vf);
  const others = holders.filter((holder) => holder.vmid !== vmid).map((holder) => holder.name);
  if (others.length > 0) wrong.push(`${vfName(vf)} is held by ${others.join(', ')} too`);
  const isOpen = (ifKnown(now.holders)?.holders ?? []).some(
    (holder) => holder.vmid === vmid && holder.paths.includes(`/dev/vfio/${vf.device?.iommuGroup ?? ''}`),
  );
  if (!isOpen && now.holders.state === 'known') wrong.push(`the QEMU of VM ${vmid} does not have ${vfName(vf)} open`);
  return { wrong, unmeasured };
}

/** After the guest has stopped: nobody holds the VF, it is still on VFIO, GPU and other VFs are as before. */
export function checkReturned(before: HostFacts, now: HostFacts, pf: Bdf, bdf: Bdf): Checked {
  const wrong = [...unchanged(before, now, pf, bdf)];
  const vf = vfs(now, pf).find((one) => one.bdf === bdf);
  if (vf === undefined) {
    if (now.pci.state === 'known') wrong.push(`the VF ${bdf} is gone`);
    return { wrong, unmeasured: unread(now) };
  }
  const holders = vfHolders(now, vf).map((holder) => holder.name);
  if (holders.length > 0) wrong.push(`${vfName(vf)} is still held by ${holders.join(', ')}`);
  const driver = vf.device?.driver ?? null;
  if (driver !== 'vfio-pci' && driver !== 'xe-vfio-pci') wrong.push(`${vfName(vf)} came back on ${driver ?? 'no driver'}`);
  return { wrong, unmeasured: unread(now) };
}

/** The GPU keeps its driver, and every VF but one keeps its own unless a guest took it meanwhile. */
function unchanged(before: HostFacts, now: HostFacts, pf: Bdf, except: Bdf): readonly string[] {
  const wrong: string[] = [];
  const [old, fresh] = [ifKnown(before.pci), ifKnown(now.pci)];
  if (old === undefined || fresh === undefined) return [];
  const [was, is] = [deviceAt(old, pf)?.driver ?? null, deviceAt(fresh, pf)?.driver ?? null];
  if (was !== is) wrong.push(`the GPU ${pf} was on ${was ?? 'no driver'} and is on ${is ?? 'no driver'}`);
  for (const vf of vfs(before, pf)) {
    if (vf.bdf === except) continue;
    const other = vfs(now, pf).find((one) => one.bdf === vf.bdf);
    if (other === undefined) wrong.push(`${vfName(vf)} is gone`);
    else if (other.device?.driver !== vf.device?.driver && vfHolders(now, other).length === 0)
      wrong.push(`${vfName(vf)} went from ${vf.device?.driver ?? 'no driver'} to ${other.device?.driver ?? 'no driver'}`);
  }
  return wrong;
}

function vfs(facts: HostFacts, pf: Bdf): readonly Vf[] {
  const pci = ifKnown(facts.pci);
  const gpu = pci === undefined ? undefined : intelGpus(pci).find((device) => device.bdf === pf);
  return pci === undefined || gpu === undefined ? [] : vfsOf(pci, gpu);
}

function unread(facts: HostFacts): readonly string[] {
  return CHECKED_SECTIONS.flatMap((name) => {
    const section = facts[name];
    return section.state === 'unknown' ? [`${name}: ${section.reason}`] : [];
  });
}
