// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf, ownGuests } from '../../assign/assignments.ts';
import { ifKnown } from '../../facts/section.ts';
import { devicesOfSlice, slicesOf } from '../../guest/guest-slices.ts';
import { deviceAt, vfsOf } from '../../vf/vf.ts';
import { groupMates } from '../../whole-gpu/group-mates.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

/** A GPU or its VFs share an IOMMU group with devices that the host uses: PVE takes these from the host too when the guest starts. */
export const GROUP_SHARED: FindingRule = {
  id: 'firmware.group-shared',
  severity: 'warning',
  title: 'An IOMMU is on, and the GPU shares its group with devices of the host',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#Verify_IOMMU_isolation',
  examine: (ground) => {
    const { facts } = ground;
    const pci = ifKnown(facts.pci);
    if (pci === undefined) return [];
    const context = { pci, pools: ifKnown(facts.pools)?.pools ?? [], node: nodeOf(facts) };
    const given = ownGuests(facts).flatMap((guest) => slicesOf(guest, 'next', context).flatMap(devicesOfSlice));
    return gpuWishes(ground).flatMap(({ mode, device, sign }): readonly Outcome[] => {
      const vfs = vfsOf(pci, device);
      const passed = mode === 'gvt-d' ? [device] : mode === 'sriov' ? vfs.flatMap((vf) => vf.device ?? []) : [];
      const used = (bdf: (typeof given)[number]) =>
        !given.includes(bdf) && (deviceAt(pci, bdf)?.driver ?? 'vfio-pci') !== 'vfio-pci';
      const mates = [...new Set(passed.flatMap((one) => (one.iommuGroup === null ? [] : groupMates(pci, one))))].filter(
        (bdf) => used(bdf) && !vfs.some((vf) => vf.bdf === bdf),
      );
      if (mates.length === 0) return [];
      const list = mates.map((bdf) => `${bdf} (${deviceAt(pci, bdf)?.driver})`).join(', ');
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because: `${mode === 'gvt-d' ? device.bdf : `The VFs of ${device.bdf}`} and ${list} are in one IOMMU group, so a guest that gets the one takes the others from the host.`,
          evidence: [{ source: `/sys/kernel/iommu_groups/${passed[0]?.iommuGroup}/devices`, value: mates.join(' ') }, sign],
          remedy: {
            text: 'Switch on ACS in the firmware set-up where it has such a switch, put the card into another slot, or do without these devices on the host.',
          },
        },
      ];
    });
  },
};
