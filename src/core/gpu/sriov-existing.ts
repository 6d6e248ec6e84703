// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { unknownAnswer, yes } from './answer.ts';
import { everHasSriov, stockXeForceProbe, vfioDriverFor } from './driver-backend.ts';
import { attribute, fromCatalogue, type GpuCase, logEvidence, reason, vfCount } from './gpu-case.ts';
import type { RunningDriver } from './running-driver.ts';
import { withdrawn, xeBackend } from './sriov-running.ts';
import type { ModeVerdict, Reason } from './verdict.ts';

/** Judges a PF whose VFs exist: the machine itself has answered. */
export function judgeExistingVfs(gpu: GpuCase, running: RunningDriver): ModeVerdict {
  const { device, entry, release = '' } = gpu;
  const vfs = device.sriov?.vfs ?? [];
  const links = vfs.map((vf) => vf.bdf).join(' ');
  const count = `${vfCount(vfs.length)} ${vfs.length === 1 ? 'exists' : 'exist'}`;
  const seen = attribute(device, 'virtfn*', links);
  if (!everHasSriov(entry)) {
    const text = `${count}, although no driver that was read has SR-IOV for ${entry.codename}: a patched one, whose guests may not work.`;
    return unknownAnswer('sriov', [reason('sriov.forced', text, seen, fromCatalogue(entry, 'has_sriov in no table'))]);
  }
  const backend = running.name === 'xe' ? xeBackend(gpu, running) : 'i915-dkms';
  const exist = reason('sriov.vfs-exist', `${count} now.`, seen, ...running.evidence);
  const verdict = yes('sriov', [exist, ...withdrawn(gpu, backend), ...hostOnVfs(gpu), ...harmless(gpu)]);
  const total = device.sriov?.totalVfs ?? 0;
  return {
    ...verdict,
    ...(running.name === null ? {} : { backend, young: backend === 'xe' && stockXeForceProbe(entry, release) === true }),
    maxVfs: Math.max(total, vfs.length),
    vfioDriver: vfioDriverFor(entry, release),
  };
}

/** VFs that the host's own graphics driver has bound: PVE can still take them, but they hold nodes and vgaarb clients. */
function hostOnVfs({ facts, device }: GpuCase): readonly Reason[] {
  const displays = ifKnown(facts.pci)?.displays ?? [];
  const bound = displays.filter((vf) => vf.physfn === device.bdf && (vf.driver === 'i915' || vf.driver === 'xe'));
  if (bound.length === 0) return [];
  const text = `The host's own driver holds ${bound.length === 1 ? 'a VF' : vfCount(bound.length)}; bind VFs to VFIO before guests use them.`;
  const evidence = bound.map((vf) => attribute(vf, 'driver', vf.driver ?? ''));
  return [reason('sriov.host-driver-on-vfs', text, ...evidence)];
}

/** A message that worries people and is not an error of the set-up (i915-sriov-dkms issues 281, 305, 314). */
function harmless(gpu: GpuCase): readonly Reason[] {
  const save = logEvidence(gpu, /IOV: Failed to save VF\d+ state/);
  const text = 'The driver could not save the state of VFs at a reset or suspend; guests are reported to run all the same.';
  return save === undefined ? [] : [reason('sriov.vf-state-not-saved', text, save)];
}
