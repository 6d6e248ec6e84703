// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import { ifKnown } from '../../facts/section.ts';
import { hostpciEntries, machineFamily } from '../../guest/guest-view.ts';
import { hostpciContradiction, hostpciFlag, hostpciValue } from '../../guest/hostpci.ts';
import { expandAddress, hostpciNames, isWholeSlot } from '../../guest/hostpci-targets.ts';
import { visible } from '../../text/visible.ts';
import { isVfPlace } from '../../vf/expected-vfs.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { FindingRule } from '../finding.ts';
import { gpuGuestRule, guestTrouble, hostpciRule } from './gpu-guests.ts';

const PCI_PM = 'https://git.proxmox.com/?p=qemu-server.git;a=blob;f=src/PVE/QemuServer/PCI.pm';

/** PVE stores an entry and refuses it at the start (qemu-server PCI.pm, parse_hostpci). */
export const contradiction: FindingRule = hostpciRule(
  {
    id: 'guest.hostpci-contradiction',
    severity: 'error',
    title: 'A hostpci entry contradicts itself',
    reference: PCI_PM,
  },
  (guest, { key, parsed }) => {
    const name = guestName(guest);
    if (!parsed.ok)
      return [
        guestTrouble(guest, key, {
          because: `PVE cannot read ${key} of ${name}: ${visible(parsed.problem.message, 160)}`,
          remedy: { text: `Correct the entry, or remove it: qm set ${guest.vmid} --delete ${key}.` },
        }),
      ];
    const names = hostpciNames(parsed.value);
    const isMdevOfSlot =
      hostpciValue(parsed.value, 'mdev') !== undefined &&
      names.kind === 'host' &&
      (names.addresses.length > 1 || names.addresses.some(isWholeSlot));
    const why = isMdevOfSlot
      ? 'It asks for a mediated device of an address that stands for several functions.'
      : hostpciContradiction(parsed.value);
    if (why === undefined) return [];
    return [
      guestTrouble(guest, key, {
        because: `${key} of ${name} keeps it from starting: ${why}`,
        remedy: isMdevOfSlot
          ? { text: 'Write the function of the device, for example 0000:00:02.0.' }
          : { text: `Keep one of the two, or remove the entry: qm set ${guest.vmid} --delete ${key}.` },
      }),
    ];
  },
);

/** `pcie=1` wants the machine q35 (PCI.pm: "q35 machine model is not enabled"). */
export const pcieWithoutQ35: FindingRule = hostpciRule(
  {
    id: 'guest.pcie-without-q35',
    severity: 'error',
    title: 'A hostpci entry wants PCIe, and the machine is not q35',
    reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough',
  },
  (guest, { key, parsed }) => {
    if (!parsed.ok || !hostpciFlag(parsed.value, 'pcie') || machineFamily(guest, 'next') === 'q35') return [];
    return [
      guestTrouble(guest, key, {
        because: `${key} of ${guestName(guest)} has pcie=1, which only the machine q35 has, so the guest does not start.`,
        remedy: { text: 'Take pcie=1 out of the entry; a change of the machine lets Windows see new hardware.' },
      }),
    ];
  },
);

/** Two entries touch one device. */
export const namedTwice: FindingRule = hostpciRule(
  {
    id: 'guest.named-twice',
    severity: 'error',
    title: 'Two entries of a guest name one device',
    reference: PCI_PM,
  },
  (guest, { key, index, parsed }, _ground, pci) => {
    const present = [...pci.displays, ...pci.others].map(({ bdf }) => bdf);
    const devicesOf = (entry: ReturnType<typeof hostpciEntries>[number]) => {
      const names = entry.parsed.ok ? hostpciNames(entry.parsed.value) : undefined;
      const isMdev = entry.parsed.ok && hostpciValue(entry.parsed.value, 'mdev') !== undefined;
      return names?.kind === 'host' && !isMdev ? names.addresses.flatMap((address) => expandAddress(address, present)) : [];
    };
    if (!parsed.ok) return [];
    const entries = hostpciEntries(guest, 'next');
    const own = entries.filter((entry) => entry.key === key).flatMap(devicesOf);
    const earlier = entries.find((entry) => entry.index < index && devicesOf(entry).some((bdf) => own.includes(bdf)));
    const device = earlier === undefined ? undefined : devicesOf(earlier).find((bdf) => own.includes(bdf));
    if (earlier === undefined || device === undefined) return [];
    return [
      guestTrouble(guest, key, {
        because: `${earlier.key} and ${key} of ${guestName(guest)} both name ${device}, so the guest does not start.`,
        remedy: { text: `Take one of them out: qm set ${guest.vmid} --delete ${key}.` },
      }),
    ];
  },
);

/** An entry names a device that is not there. VFs that are missing are `vf.gone`. */
export const deviceMissing: FindingRule = hostpciRule(
  {
    id: 'guest.device-missing',
    severity: 'error',
    title: 'A guest names a device that is not there',
    reference: PCI_PM,
    follows: ['firmware.gpu-hidden'],
  },
  (guest, { key, parsed }, _ground, pci) => {
    const names = parsed.ok ? hostpciNames(parsed.value) : undefined;
    if (names?.kind !== 'host') return [];
    // The other devices of a machine are listed in part, so only a display's place can be said to be empty.
    const missing = names.addresses.find(
      (address) =>
        /^0000:00:02(?:\.|$)/.test(address) &&
        expandAddress(
          address,
          [...pci.displays, ...pci.others].map(({ bdf }) => bdf),
        ).length === 0 &&
        !intelGpus(pci).some((gpu) => isVfPlace(gpu, address)),
    );
    if (missing === undefined) return [];
    return [
      guestTrouble(guest, key, {
        because: `${key} of ${guestName(guest)} names ${missing}, and no such device is there, so the guest does not start.`,
        remedy: { text: 'Look with "pveigpu status" where the GPU is now, and assign it again.' },
      }),
    ];
  },
);

/** A guest names a mapping that does not exist, or that has nothing on this node. */
export const mappingMissing: FindingRule = hostpciRule(
  {
    id: 'guest.mapping-missing',
    severity: 'error',
    title: 'A guest names a mapping that has nothing on this node',
    reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#resource_mapping',
    follows: ['vf.gone'],
  },
  (guest, { key, parsed }, { facts }) => {
    const pools = ifKnown(facts.pools)?.pools;
    const names = parsed.ok ? hostpciNames(parsed.value) : undefined;
    if (pools === undefined || names?.kind !== 'mapping') return [];
    const node = nodeOf(facts);
    const pool = pools.find(({ id }) => id === names.mapping);
    if (pool?.entries.some((entry) => entry.node === node)) return [];
    const mapping = visible(names.mapping, 64);
    const why = pool === undefined ? 'does not exist' : `names no device of ${visible(node, 64)}`;
    return [
      guestTrouble(guest, key, {
        because: `${key} of ${guestName(guest)} names the mapping ${mapping}, which ${why}, so the guest does not start here.`,
        remedy: {
          text: 'Assign the slice again, which makes the pool with the VFs of this node.',
          fix: { kind: 'assign', vmid: guest.vmid },
        },
      }),
    ];
  },
);

/** Lines of a guest with a slice that PVE cannot read: its next write drops them. */
export const rejectedLines: FindingRule = gpuGuestRule(
  {
    id: 'guest.rejected-lines',
    severity: 'warning',
    title: 'PVE cannot read lines of a guest with a slice',
    reference: 'https://pve.proxmox.com/pve-docs/qm.conf.5.html',
  },
  ({ guest, entries: [first] }) => {
    const [line] = guest.rejectedLines;
    if (line === undefined || first === undefined) return [];
    const name = guestName(guest);
    return [
      guestTrouble(guest, first.key, {
        because: `PVE cannot read ${guest.rejectedLines.length} lines of ${name}, and drops them when it writes the file next.`,
        evidence: [{ source: name, value: visible(line, 160) }],
        remedy: { text: `Correct the file /etc/pve/qemu-server/${guest.vmid}.conf.` },
      }),
    ];
  },
);
