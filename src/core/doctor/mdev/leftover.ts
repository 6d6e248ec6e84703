// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf } from '../../assign/assignments.ts';
import { guestKeys, guestName, nextConfig } from '../../assign/guest-keys.ts';
import type { GuestFacts } from '../../facts/guest-facts.ts';
import { attribute } from '../../gpu/gpu-case.ts';
import { mdevTypeOf } from '../../mdev/mdev-entries.ts';
import { ownerOfMdev } from '../../mdev/mdev-uuid.ts';
import { unknownGuests } from '../../pool/pool-users.ts';
import { visible } from '../../text/visible.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';

/** PVE made a mediated device and did not take it away, for example because the node or the guest's stop was cut off. */
export const leftover: FindingRule = {
  id: 'mdev.leftover',
  severity: 'warning',
  title: 'A mediated device is left over',
  reference: 'https://git.proxmox.com/?p=qemu-server.git;a=blob;f=src/PVE/QemuServer/PCI/Mdev.pm',
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci, guests }) => {
      const doubt = unknownGuests(ground.facts);
      const made = intelGpus(pci).some((gpu) => (gpu.mdevTypes ?? []).some(({ devices }) => devices.some(ownerOfMdev)));
      if (doubt !== undefined)
        return made ? [{ state: 'unmeasured', because: `Whether mediated devices are left over is not known: ${doubt}.` }] : [];
      const node = nodeOf(ground.facts);
      return intelGpus(pci).flatMap((gpu) =>
        (gpu.mdevTypes ?? []).flatMap((type) =>
          type.devices.flatMap((uuid): readonly Outcome[] => {
            const why = whyLeftover(uuid, type.id, guests, node);
            if (why === undefined) return [];
            return [
              {
                state: 'problem',
                subject: gpu.bdf,
                because: `The mediated device ${visible(uuid, 40)} (${type.id}) takes room of ${gpu.bdf}, and ${why}.`,
                evidence: [attribute(gpu, `mdev_supported_types/${type.id}/devices`, visible(uuid, 40))],
                remedy: { text: 'Take away what nobody uses.', fix: { kind: 'mdev-clean' } },
              },
            ];
          }),
        ),
      );
    }),
};

/** A clause that says why nobody will use it; undefined where somebody has it, may want it, or made it by hand. */
function whyLeftover(uuid: string, type: string, { guests }: GuestFacts, node: string): string | undefined {
  const owner = ownerOfMdev(uuid);
  if (owner === undefined) return undefined;
  const isNamed = guests.some((guest) => nextConfig(guest).args?.toLowerCase().includes(uuid) ?? false);
  if (isNamed) return undefined;
  const guest = guests.find((one) => one.vmid === owner.vmid && one.kind === 'qemu' && one.node === node);
  if (guest === undefined) return `there is no VM ${owner.vmid} on this node`;
  if (guest.running.state !== 'known' || guest.running.value) return undefined;
  const key = guestKeys(guest).find((one) => one.key === `hostpci${owner.index}`);
  const wanted = [key?.current, key?.pending].flatMap((value) => (value === undefined ? [] : (mdevTypeOf(value) ?? [])));
  if (wanted.length === 0) return `${guestName(guest)} has no mediated device in hostpci${owner.index}`;
  if (wanted.includes(type)) return undefined;
  return `${guestName(guest)} wants ${visible(wanted.join(' or '), 40)} and does not start while this one exists`;
}
