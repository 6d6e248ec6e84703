// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts, SectionName } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { visible } from '../text/visible.ts';
import { halfRemovedVfs, openRemovalText } from '../vf/half-removed.ts';
import { intelGpus } from '../vf/vf.ts';
import { attribute, reason } from './gpu-case.ts';
import { missingGpu } from './missing-gpu.ts';
import type { GpuVerdict, Reason } from './verdict.ts';

/** The sections of facts that a verdict reads. */
export const VERDICT_SECTIONS: readonly SectionName[] = ['pci', 'drm', 'kernel', 'modules', 'logs', 'platform', 'pve', 'guests'];

/** Remarks that hold for the whole machine and not for one GPU. */
export function machineRemarks(facts: HostFacts, gpus: readonly GpuVerdict[]): readonly Reason[] {
  const intel = gpus.filter((gpu) => gpu.vendor === '8086');
  return [
    ...noVmx(facts, intel),
    ...noIommu(facts, intel),
    ...hiddenIgpu(facts, intel),
    ...virgl(facts, intel),
    ...openRemovals(facts),
    ...notRead(facts),
  ];
}

function noVmx(facts: HostFacts, intel: readonly GpuVerdict[]): readonly Reason[] {
  const platform = ifKnown(facts.platform);
  if (platform === undefined || platform.hasVmx || intel.length === 0) return [];
  const text = 'The processor shows no VT-x (vmx), so no VM can run with KVM: switch it on in the firmware set-up.';
  return [reason('cpu.no-vmx', text, { source: '/proc/cpuinfo flags', value: 'no vmx' })];
}

function noIommu(facts: HostFacts, intel: readonly GpuVerdict[]): readonly Reason[] {
  const platform = ifKnown(facts.platform);
  if (platform === undefined || platform.iommus.length > 0 || intel.length === 0) return [];
  const text = 'No IOMMU is in use, and every way to give a GPU or a part of it to a VM needs one.';
  return [reason('iommu.off', text, { source: '/sys/class/iommu', value: 'empty' })];
}

/** A discrete Intel card beside a processor whose own GPU does not show. */
function hiddenIgpu(facts: HostFacts, intel: readonly GpuVerdict[]): readonly Reason[] {
  if (intel.length === 0 || intel.some((gpu) => gpu.integrated)) return [];
  const why = missingGpu(facts);
  return why.id === 'gpu.none' ? [] : [why];
}

function virgl(facts: HostFacts, intel: readonly GpuVerdict[]): readonly Reason[] {
  const users = (ifKnown(facts.guests)?.guests ?? []).filter((guest) =>
    guest.sections.some((section) => section.name === 'current' && /(^|,|=)virtio-gl(,|$)/.test(section.keys.vga ?? '')),
  );
  if (users.length > 0) {
    const names = users.map((guest) => `VM ${guest.vmid}`).join(', ');
    const one = users.length === 1;
    const text = `${names} ${one ? 'uses' : 'use'} VirGL (vga virtio-gl): that gives OpenGL, but no VA-API, so no video decoding or encoding.`;
    const evidence = users.map((guest) => ({
      source: `/etc/pve/nodes/${visible(guest.node, 64)}/qemu-server/${guest.vmid}.conf`,
      value: visible(`vga: ${guest.sections[0]?.keys.vga ?? ''}`, 120),
    }));
    return [reason('virgl.no-va-api', text, ...evidence)];
  }
  if (!intel.some((gpu) => gpu.recommended === 'host')) return [];
  const text = 'VMs can share a GPU that the host keeps by VirGL (vga virtio-gl): that gives OpenGL, but no VA-API.';
  return [reason('virgl.no-va-api', text)];
}

/** A VF that is only half gone looks like a GPU and is none. */
function openRemovals(facts: HostFacts): readonly Reason[] {
  const pci = ifKnown(facts.pci);
  return (pci === undefined ? [] : intelGpus(pci)).flatMap((pf) => {
    const text = pci === undefined ? undefined : openRemovalText(pci, pf);
    if (pci === undefined || text === undefined) return [];
    const half = halfRemovedVfs(pci, pf).map((vf) => attribute(vf, 'physfn', 'absent'));
    const left = (pf.sriov?.vfs ?? []).map(({ index }) => `virtfn${index}`).join(' ');
    return [reason('sriov.removal-open', text, ...half, attribute(pf, 'virtfn*', left === '' ? 'absent' : left))];
  });
}

/** One remark for each reason why sections are not known. */
function notRead(facts: HostFacts): readonly Reason[] {
  const names = new Map<string, SectionName[]>();
  for (const name of VERDICT_SECTIONS) {
    const section = facts[name];
    if (section.state === 'known') continue;
    const why = section.state === 'unknown' ? section.reason : 'not looked at';
    names.set(why, [...(names.get(why) ?? []), name]);
  }
  return [...names].map(([why, list]) => reason('facts.not-known', `Not known: ${list.join(', ')} (${visible(why, 200)}).`));
}
