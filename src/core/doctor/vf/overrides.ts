// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../../assign/guest-keys.ts';
import { attribute } from '../../gpu/gpu-case.ts';
import { modeOf } from '../../gpu/select-gpu.ts';
import { hostpciValue, parseHostpci } from '../../guest/hostpci.ts';
import { visible } from '../../text/visible.ts';
import { vfName } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';
import { wantedVfs } from './wanted-vfs.ts';

/** A VF is bound by its `driver_override` to another driver than a VFIO one: PVE's bind fails (kernel drivers/pci/pci-driver.c). */
export const otherOverride: FindingRule = {
  id: 'vf.other-override',
  severity: 'error',
  title: 'A VF is reserved for another driver',
  reference: 'https://docs.kernel.org/admin-guide/abi-testing.html#abi-sys-bus-pci-devices-driver-override',
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, vfs, sign }) =>
        vfs.flatMap((vf): readonly Outcome[] => {
          const override = vf.device?.driverOverride.state === 'known' ? vf.device.driverOverride.value : null;
          if (override === null || override === 'vfio-pci' || override === variantOf(ground, pf.bdf)) return [];
          return [
            {
              state: 'problem',
              subject: vf.bdf,
              because: `${vfName(vf)} has driver_override ${visible(override, 40)}, so PVE cannot bind it and a guest with it does not start.`,
              evidence: [attribute(vf, 'driver_override', visible(override, 40)), sign],
              remedy: { text: 'Have the VFs bound for guests.', fix: { kind: 'vf-create', gpu: pf.bdf } },
            },
          ];
        }),
      ),
    ),
};

/** With `driver=keep` PVE binds nothing, so the VF must be bound before the start. */
export const notPrepared: FindingRule = {
  id: 'vf.not-prepared',
  severity: 'error',
  title: 'A VF with driver=keep is not bound for guests',
  reference: 'https://pve.proxmox.com/pve-docs/qm.conf.5.html',
  follows: [
    'vf.host-driver',
    'vf.gone',
    'firmware.vtd-off',
    'boot.iommu-off-by-parameter',
    'boot.iommu-not-used',
    'boot.graphics-without-iommu',
  ],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, vfs, entries }) =>
        entries.flatMap(({ guest, key, value, devices }): readonly Outcome[] => {
          const parsed = parseHostpci(value);
          if (!parsed.ok || hostpciValue(parsed.value, 'driver') !== 'keep') return [];
          const named = vfs.filter(({ bdf }) => devices.includes(bdf));
          const loose = named.find(({ device }) => !(device?.driver ?? '').includes('vfio'));
          if (loose === undefined) return [];
          const name = guestName(guest);
          return [
            {
              state: 'problem',
              subject: name,
              because: `${key} of ${name} says driver=keep, so PVE leaves ${vfName(loose)} as it is, and it belongs to ${loose.device?.driver ?? 'no driver'}.`,
              evidence: [entryEvidence(guest, key), attribute(loose, 'driver', loose.device?.driver ?? 'absent')],
              remedy: { text: 'Have the VFs bound for guests.', fix: { kind: 'vf-create', gpu: pf.bdf } },
            },
          ];
        }),
      ),
    ),
};

function variantOf({ verdict }: DoctorCase, bdf: string): string | undefined {
  const gpu = verdict.gpus.find((one) => one.bdf === bdf);
  return gpu === undefined ? undefined : modeOf(gpu, 'sriov').vfioDriver;
}
