// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import { ifKnown } from '../../facts/section.ts';
import { isTemplate, nextValue } from '../../guest/guest-view.ts';
import { FINE, type FindingRule } from '../finding.ts';

/** VMs that want KVM, on a processor that shows no VT-x (qemu-server QemuServer.pm: "KVM virtualisation configured, but not available"). */
export const NO_VMX: FindingRule = {
  id: 'firmware.no-vmx',
  severity: 'error',
  title: 'VT-x is switched off in the firmware set-up',
  reference: 'https://pve.proxmox.com/wiki/System_Requirements',
  examine: ({ facts }) => {
    const platform = ifKnown(facts.platform);
    const vendor = platform === undefined ? undefined : ifKnown(platform.cpuVendor);
    if (platform === undefined || platform.hasVmx || vendor !== 'GenuineIntel') return FINE;
    const users = ownGuests(facts).filter(
      (guest) => guest.kind === 'qemu' && !isTemplate(guest) && nextValue(guest, 'kvm') !== '0',
    );
    const [first] = users;
    if (first === undefined) return FINE;
    const names = users.length === 1 ? guestName(first) : `${guestName(first)} and ${users.length - 1} more`;
    return {
      state: 'problem',
      because: `The processor shows no VT-x (vmx), so ${names} cannot start with KVM.`,
      evidence: [
        { source: '/proc/cpuinfo flags', value: 'no vmx' },
        { source: guestName(first), value: 'kvm is not 0' },
      ],
      remedy: { text: 'Switch on Intel Virtualization Technology (VT-x, VMX) in the firmware set-up.' },
    };
  },
};
