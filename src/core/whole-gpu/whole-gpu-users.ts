// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Assignment } from '../assign/assignments.ts';
import { guestName, isOn, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark } from '../plan/action.ts';
import { isVfPlace } from '../vf/expected-vfs.ts';
import { intelGpus, vfsOf } from '../vf/vf.ts';
import { groupMates } from './group-mates.ts';

/** Who would lose the GPU, or keeps it from being given away. */
export function userRemarks(
  facts: HostFacts,
  pci: PciFacts,
  gpu: PciDevice,
  guest: Guest,
  all: readonly Assignment[],
): readonly Remark[] {
  return [...slices(pci, gpu), ...openNodes(facts, gpu, guest), ...mates(pci, gpu), ...guests(pci, gpu, guest, all)];
}

/** VFs and mediated devices go with the driver that made them, under the guests that use them. */
function slices(pci: PciFacts, gpu: PciDevice): readonly Remark[] {
  const vfs = vfsOf(pci, gpu);
  const mdevs = (gpu.mdevTypes ?? []).flatMap(({ devices }) => devices);
  const remarks: Remark[] = [];
  if (vfs.length > 0) {
    const text = `${vfs.length} VFs of ${gpu.bdf} exist; giving the whole GPU away destroys them.`;
    remarks.push({ level: 'blocker', id: 'pf.has-vfs', text, hint: 'First: pveigpu vf remove.', code: 'vf.in-use' });
  }
  if (mdevs.length > 0) {
    const text = `${mdevs.length} mediated devices of ${gpu.bdf} exist; giving the whole GPU away waits for them.`;
    remarks.push({ level: 'blocker', id: 'pf.has-mdevs', text, hint: 'Stop the guests that use them first.', code: 'vf.in-use' });
  }
  return remarks;
}

function openNodes(facts: HostFacts, gpu: PciDevice, guest: Guest): readonly Remark[] {
  const nodes = (ifKnown(facts.drm)?.nodes ?? []).filter(({ pci }) => pci === gpu.bdf).map(({ path }) => path);
  const holders = (ifKnown(facts.holders)?.holders ?? []).filter(
    ({ vmid, paths }) => vmid !== guest.vmid && paths.some((path) => nodes.includes(path)),
  );
  const [first] = holders;
  if (first === undefined) return [];
  const more = holders.length > 1 ? ` and ${holders.length - 1} more` : '';
  const who = first.ctid === undefined ? `${first.command} (pid ${first.pid})` : `${first.command} in container ${first.ctid}`;
  const text = `${gpu.bdf} is in use on the host by ${who}${more} through /dev/dri.`;
  return [{ level: 'blocker', id: 'pf.open-on-host', text, hint: 'Stop that first.', overridable: true, code: 'vf.in-use' }];
}

function mates(pci: PciFacts, gpu: PciDevice): readonly Remark[] {
  const others = groupMates(pci, gpu).filter((bdf) => !vfsOf(pci, gpu).some((vf) => vf.bdf === bdf));
  if (others.length === 0) return [];
  const text = `${gpu.bdf} shares IOMMU group ${gpu.iommuGroup} with ${others.join(', ')}; PVE takes them from the host too.`;
  return [{ level: 'blocker', id: 'pf.group-shared', text, overridable: true, code: 'gpu.cannot' }];
}

/** Other slices of the GPU: those of this guest clash with the whole, those of others cannot start while it has it. */
function guests(pci: PciFacts, gpu: PciDevice, guest: Guest, all: readonly Assignment[]): readonly Remark[] {
  const remarks: Remark[] = [];
  for (const one of all) {
    if (one.form === 'render') {
      const loses = one.devices.length === 0 ? intelGpus(pci).length === 1 : one.devices.includes(gpu.bdf);
      if (loses && one.state !== 'leaving') remarks.push(losesNode(one));
      continue;
    }
    const takes = isPartOf(one, pci, gpu);
    if (!takes || one.state === 'leaving') continue;
    const self = one.guest.vmid === guest.vmid;
    if (self && (one.form === 'pf' || one.form === 'args')) continue;
    const name = guestName(one.guest);
    const runs = one.guest.running.state !== 'known' || one.guest.running.value;
    const both = isOn(nextConfig(guest).onboot) && isOn(nextConfig(one.guest).onboot);
    const clash = self || runs || both || one.form !== 'pf';
    const why = self ? '' : runs ? ' and runs' : both ? ', and both start at boot' : '; they cannot run together';
    remarks.push({
      level: clash ? 'blocker' : 'warning',
      id: 'slice.shared',
      text: `${name} has a part of ${gpu.bdf} already (${one.key}: ${one.value})${why}.`,
      hint: `First: pveigpu unassign ${one.guest.vmid}.`,
      ...(clash ? { overridable: true, code: 'guest.slice-taken' as const } : {}),
    });
  }
  return remarks;
}

/** A pool whose VFs do not exist now can only be of this GPU when there is no other. */
function isPartOf({ form, devices }: Assignment, pci: PciFacts, gpu: PciDevice): boolean {
  if (form === 'pool' && devices.length === 0) return intelGpus(pci).length === 1;
  const vfs: readonly string[] = vfsOf(pci, gpu).map(({ bdf }) => bdf);
  return devices.some((bdf) => bdf === gpu.bdf || vfs.includes(bdf) || isVfPlace(gpu, bdf));
}

function losesNode({ guest, key, value }: Assignment): Remark {
  const text = `${guestName(guest)} has ${key}: ${value}; it cannot start while a VM has the whole GPU.`;
  return { level: 'warning', id: 'container.loses-node', text, hint: `pveigpu unassign ${guest.vmid} takes that line out.` };
}
