// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import type { Bdf } from '../pci/address.ts';
import { wholeDisplays } from '../vf/whole-displays.ts';
import { no, unknownAnswer, withIommu, yes } from './answer.ts';
import { attribute, fromCatalogue, type GpuCase, reason } from './gpu-case.ts';
import { gvtdTroubles } from './gvtd-troubles.ts';
import { iommuObstacle } from './iommu.ts';
import { compareSeries } from './kernel-version.ts';
import type { ModeVerdict, Reason } from './verdict.ts';

/** Whether the whole GPU can be given to one guest. */
export function judgeGvtd(gpu: GpuCase): ModeVerdict {
  const { entry } = gpu;
  if (entry.gvtd === 'blocked') return no('gvt-d', [blocked(gpu)]);
  if (entry.gvtd === 'unknown') {
    const text = `Whether ${entry.codename} can be given to a guest is not known.${entry.notes === null ? '' : ` ${entry.notes}`}`;
    return unknownAnswer('gvt-d', [reason('gvtd.unknown', text, fromCatalogue(entry, 'gvtd unknown'))]);
  }
  const obstacle = iommuObstacle(gpu);
  if (obstacle === undefined && noGroup(gpu)) {
    const text = 'An IOMMU is in use, but the GPU is in no IOMMU group, so vfio-pci cannot own it.';
    return no('gvt-d', [reason('gvtd.no-group', text, attribute(gpu.device, 'iommu_group', 'absent'))]);
  }
  return withIommu(byQemu(gpu) ?? possible(gpu), obstacle);
}

function blocked({ entry, device }: GpuCase): Reason {
  const says = fromCatalogue(entry, 'gvtd blocked');
  if (entry.platform === 'BDW') {
    const text = 'The kernel takes the graphics of Broadwell out of the IOMMU (quirk_iommu_igfx), so vfio-pci cannot own it.';
    const group = attribute(device, 'iommu_group', device.iommuGroup === null ? 'absent' : String(device.iommuGroup));
    return reason(
      'gvtd.iommu-quirk',
      text,
      { source: 'kernel drivers/iommu/intel/iommu.c', value: 'Disabling IOMMU for graphics on this chipset' },
      group,
      says,
    );
  }
  return reason(
    'gvtd.blocked',
    `${entry.codename} cannot be given to a guest.${entry.notes === null ? '' : ` ${entry.notes}`}`,
    says,
  );
}

/** Groups are only missed where PCI facts are complete enough to have them. */
function noGroup({ device, facts }: GpuCase): boolean {
  return device.iommuGroup === null && (ifKnown(facts.platform)?.iommus.length ?? 0) > 0;
}

/** The answer when QEMU is too old or not known, for GPUs that need a new one. */
function byQemu({ facts, entry }: GpuCase): ModeVerdict | undefined {
  const needed = entry.gvtdDetail?.qemuMin;
  if (needed === undefined || needed === null) return undefined;
  const pve = ifKnown(facts.pve);
  const reading = pve?.qemuVersion;
  const says = fromCatalogue(entry, `QEMU ${needed}`);
  if (needed === 'unknown' || reading?.state !== 'known') {
    const text = `${entry.codename} needs QEMU ${needed}, and the QEMU of this machine is not known.`;
    return unknownAnswer('gvt-d', [reason('gvtd.qemu-unknown', text, says)]);
  }
  if (compareSeries(reading.value, needed) >= 0) return undefined;
  const text = `${entry.codename} needs QEMU ${needed} or later for its OpRegion; this machine has ${reading.value}.`;
  const installed = { source: 'pve-qemu-kvm', value: reading.value };
  const need = pve?.isProxmox === true ? `Upgrade pve-qemu-kvm to ${needed} or later.` : `Upgrade QEMU to ${needed} or later.`;
  return no('gvt-d', [reason('gvtd.qemu-too-old', text, installed, says)], [need]);
}

function possible(gpu: GpuCase): ModeVerdict {
  const { device, facts } = gpu;
  const reasons: Reason[] = [how(gpu)];
  if (gpu.entry.kind === 'integrated' && device.class.startsWith('0380')) {
    // QEMU hw/vfio/igd.c: legacy mode wants the VGA class; before 10.2 the OpRegion did too.
    const text = 'It is not the primary display (class 0380), so QEMU gives it no legacy mode, and before 10.2 no OpRegion.';
    reasons.push(reason('gvtd.not-primary', text, attribute(device, 'class', `0x${device.class}`)));
  }
  const needs: string[] = [];
  const vfs = device.sriov?.vfs ?? [];
  if (vfs.length > 0) {
    const text = 'VFs of this GPU exist; giving the whole GPU away would destroy them.';
    reasons.push(reason('gvtd.vfs-exist', text, attribute(device, 'virtfn*', vfs.map((vf) => vf.bdf).join(' '))));
    needs.push('Remove the VFs first (pveigpu vf remove).');
  }
  const mates = groupMates(gpu);
  if (mates.length > 0) {
    const text = `Other devices share its IOMMU group and go to the guest with it: ${mates.join(', ')}.`;
    reasons.push(
      reason('gvtd.group-shared', text, {
        source: `/sys/kernel/iommu_groups/${device.iommuGroup}/devices`,
        value: mates.join(' '),
      }),
    );
  }
  const pci = ifKnown(facts.pci);
  const displays = pci === undefined ? [] : wholeDisplays(pci);
  if (displays.length === 1) {
    const text = 'It is the only display of this node: the console and every container lose it while a guest has it.';
    reasons.push(
      reason('gvtd.host-loses-display', text, attribute(device, 'boot_vga', device.bootVga === true ? '1' : 'not set')),
    );
  }
  const troubles = gvtdTroubles(gpu);
  reasons.push(...troubles.map((trouble) => trouble.reason));
  needs.push(...troubles.flatMap((trouble) => trouble.needs));
  if (device.driver !== 'vfio-pci') needs.push('Bind the GPU to vfio-pci (driver_override) instead of its own driver.');
  return yes('gvt-d', reasons, needs);
}

function how({ entry, device }: GpuCase): Reason {
  const gen = entry.gvtdDetail === null ? '' : `igd_gen ${entry.gvtdDetail.qemuIgdGen}`;
  const says = fromCatalogue(entry, `gvtd ${entry.gvtd} ${gen}`.trim());
  const bound = device.driver === 'vfio-pci' ? attribute(device, 'driver', 'vfio-pci') : undefined;
  const now = bound === undefined ? '' : ' It is bound to vfio-pci now.';
  if (entry.gvtd === 'legacy')
    return reason(
      'gvtd.legacy',
      `One guest can have the whole GPU, in QEMU's legacy mode (i440fx) or with UEFI.${now}`,
      bound,
      says,
    );
  if (entry.gvtd === 'uefi')
    return reason(
      'gvtd.uefi',
      `One guest can have the whole GPU, with UEFI (OVMF); there is no legacy mode for it.${now}`,
      bound,
      says,
    );
  return reason('gvtd.discrete', `One guest can have the whole card, as any PCI card.${now}`, bound, says);
}

function groupMates({ facts, device }: GpuCase): readonly Bdf[] {
  const pci = ifKnown(facts.pci);
  const group = pci?.iommuGroups.find((candidate) => candidate.id === device.iommuGroup);
  const bridge = (bdf: Bdf) => pci?.others.find((other) => other.bdf === bdf)?.class.startsWith('0604') === true;
  return (group?.members ?? []).filter((bdf) => bdf !== device.bdf && !bridge(bdf));
}
