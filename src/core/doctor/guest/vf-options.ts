// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName, nextConfig } from '../../assign/guest-keys.ts';
import { logEvidence } from '../../gpu/gpu-case.ts';
import { graphicsArgs, hostpciEntries } from '../../guest/guest-view.ts';
import { hostpciFlag, parseHostpci } from '../../guest/hostpci.ts';
import { code43List } from '../../inside/code-43.ts';
import { systemOf } from '../../inside/inside-case.ts';
import { visible } from '../../text/visible.ts';
import { deviceAt } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { gpuGuestRule, guestTrouble, vmRule } from './gpu-guests.ts';

/** Options for a whole GPU on a VF: a VF has no OpRegion, no VBIOS and no display (kernel drivers/vfio/pci/vfio_pci_igd.c). */
export const vfIgdOptions: FindingRule = gpuGuestRule(
  {
    id: 'guest.vf-igd-options',
    severity: 'error',
    title: 'A VF is given options that only a whole GPU takes',
    reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/269',
  },
  ({ guest, entries }) =>
    entries.flatMap(({ form, key, value }): readonly Outcome[] => {
      const parsed = form === 'raw' || form === 'pool' ? parseHostpci(value) : undefined;
      if (parsed?.ok !== true) return [];
      const set = graphicsArgs(guest, 'next').find(
        (item) =>
          item.kind === 'set' && item.device === key && item.property.startsWith('x-igd') && !/^(?:off|0)$/.test(item.value),
      );
      const option = hostpciFlag(parsed.value, 'legacy-igd') ? 'legacy-igd' : set?.kind === 'set' ? set.property : undefined;
      if (option === undefined) return [];
      return [
        guestTrouble(guest, key, {
          because: `${key} of ${guestName(guest)} is a VF and has ${visible(option, 40)}, which only the whole GPU can have, so the guest does not start.`,
          remedy: { text: 'Take that option out; a VF needs none of them and has no picture of its own.' },
        }),
      ];
    }),
);

/** `args` sets something of a `hostpciN` that the guest has not, as after the entry was taken out in the web interface. */
export const argsWithoutDevice: FindingRule = vmRule(
  {
    id: 'guest.args-without-device',
    severity: 'error',
    title: 'args sets something of a hostpci entry that is gone',
    reference: 'https://gitlab.com/qemu-project/qemu/-/blob/master/system/vl.c',
    follows: ['guest.slice-lost'],
  },
  (guest) => {
    const present = new Set(hostpciEntries(guest, 'next').map(({ key }) => key));
    const set = graphicsArgs(guest, 'next').find(
      (item) => item.kind === 'set' && /^hostpci\d+$/.test(item.device) && !present.has(item.device),
    );
    if (set?.kind !== 'set') return [];
    const name = guestName(guest);
    return [
      guestTrouble(guest, 'args', {
        because: `args of ${name} sets ${visible(set.property, 40)} of ${set.device}, which the guest has not, so QEMU does not start.`,
        remedy: {
          text: `Assign the GPU again, or take that -set out: qm set ${guest.vmid} --delete args.`,
          fix: { kind: 'assign', vmid: guest.vmid },
        },
      }),
    ];
  },
);

/** A device in `args`: PVE neither binds nor reserves it (qemu-server QemuServer.pm). */
export const argsDevice: FindingRule = gpuGuestRule(
  {
    id: 'guest.args-device',
    severity: 'warning',
    title: 'A guest has its part of the GPU by args, which PVE neither binds nor reserves',
    reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough',
    follows: ['vf.gone', 'vf.host-driver'],
  },
  ({ guest, entries }, _ground, pci) =>
    entries.flatMap(({ form, key, devices: [bdf = ''] }): readonly Outcome[] => {
      if (form !== 'args') return [];
      const driver = deviceAt(pci, bdf)?.driver ?? null;
      const isBound = driver?.includes('vfio') ?? false;
      const effect = isBound
        ? 'another guest may be given it at the same time'
        : `it belongs to ${driver ?? 'no driver'} now, so the guest does not start`;
      return [
        guestTrouble(guest, key, {
          because: `args of ${guestName(guest)} names ${bdf}, which PVE neither binds nor reserves then: ${effect}.`,
          remedy: { text: `Take that -device out of args, then: pveigpu assign ${guest.vmid}.` },
        }),
      ];
    }),
);

/** What keeps a Windows guest with a VF at Code 43, as far as its configuration tells. */
export const code43: FindingRule = gpuGuestRule(
  {
    id: 'guest.code-43',
    severity: 'advice',
    title: 'A Windows guest with a VF has settings that are known for Code 43',
    reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/225',
  },
  ({ guest, entries }) => {
    const [first] = entries.filter(({ form }) => form === 'pool' || form === 'raw' || form === 'args');
    if (first === undefined || systemOf(guest) !== 'windows') return [];
    const config = nextConfig(guest);
    // Where both of these are right, what is left (a ROM, VBS, the driver) cannot be told from here.
    const open = code43List(config).filter(({ id, done }) => done === false && (id === 'cpu' || id === 'hypervisor'));
    if (open.length === 0) return [];
    const name = guestName(guest);
    return [
      guestTrouble(guest, first.key, {
        because: `If Windows in ${name} shows Code 43: ${open.map(({ text }) => text.replace(/\.$/, '')).join('; ')}.`,
        evidence: [{ source: name, value: visible(`cpu: ${config.cpu ?? 'not set'}`, 120) }, entryEvidence(guest, first.key)],
        remedy: { text: 'Look at what the driver in the guest says.', fix: { kind: 'guest-verify', vmid: guest.vmid } },
      }),
    ];
  },
);

/** The guest's own IOMMU is wider than that of the machine: QEMU refuses the device ("aw-bits 48 > host aw-bits 39"). */
export const viommu: FindingRule = gpuGuestRule(
  {
    id: 'guest.viommu',
    severity: 'error',
    title: "A guest's own IOMMU is wider than that of the machine",
    reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/328',
  },
  ({ guest, entries: [first] }, { facts }, pci) => {
    const machine = nextConfig(guest).machine ?? '';
    const [device] = pci.displays;
    const line = device === undefined ? undefined : logEvidence({ facts, device }, /DMAR: Host address width \d+/);
    const width = Number(/width (\d+)/.exec(line?.value ?? '')?.[1] ?? Number.NaN);
    // 48 is QEMU's default for intel-iommu (hw/i386/intel_iommu.c, aw-bits).
    if (first === undefined || line === undefined || !/viommu=intel/.test(machine) || /aw-bits=/.test(machine) || !(width < 48))
      return [];
    const name = guestName(guest);
    return [
      guestTrouble(guest, first.key, {
        because: `${name} has an IOMMU of its own with 48 bits and that of this machine has ${width}, so QEMU refuses the GPU.`,
        evidence: [{ source: name, value: visible(`machine: ${machine}`, 120) }, line],
        remedy: { text: `Take viommu=intel out: qm set ${guest.vmid} --machine q35.` },
      }),
    ];
  },
);
