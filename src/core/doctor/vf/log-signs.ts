// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { logEvidence } from '../../gpu/gpu-case.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { vfsOf } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { textPattern } from '../explain/table.ts';
import type { FindingRule, Outcome, Severity } from '../finding.ts';
import { type GpuWish, gpuWishes } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';

/** The driver for VFs is older than the GuC firmware that the host has loaded. */
export const gucVersion: FindingRule = fromLog({
  id: 'vf.guc-version',
  severity: 'warning',
  title: 'A driver does not know the version of the GuC firmware',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/122',
  pattern: textPattern('sriov.guc-version'),
  because: ({ device }) => `A driver for the VFs of ${device.bdf} is older than the GuC firmware, and they do not work with it.`,
  remedy: {
    text: 'Install a newer release of i915-sriov-dkms where the VF is used; host and guest need not have the same one.',
    fix: { kind: 'driver-install' },
  },
});

/** A message that worries people: guests are reported to run all the same. */
export const stateNotSaved: FindingRule = fromLog({
  id: 'vf.state-not-saved',
  severity: 'note',
  title: 'The driver says that it could not save the state of a VF',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/281',
  pattern: textPattern('harmless.save-state'),
  because: ({ device }) =>
    `The driver could not save the state of a VF of ${device.bdf} at a reset or suspend, which matters only for suspending the node.`,
  remedy: { text: 'Nothing, as long as the guests run. Do not suspend a node whose guests have VFs.' },
});

/** Two settings ask for different numbers of VFs; the kernel takes the second only after 0 (kernel drivers/pci/iov.c). */
export const countRefused: FindingRule = fromLog({
  id: 'vf.count-refused',
  severity: 'warning',
  title: 'Another number of VFs was refused, because some exist',
  reference: 'https://docs.kernel.org/PCI/pci-iov-howto.html',
  pattern: textPattern('sriov.already-enabled'),
  because: ({ device }) =>
    `Something asked for another number of VFs of ${device.bdf} than there were, and the kernel refused it.`,
  remedy: {
    text: 'Let one thing alone make VFs: see what pveigpu doctor --only leftover names. Then stop the guests with VFs and make them anew.',
  },
  when: ({ device }, ground) => {
    const wish = ground.desired.state === 'known' ? Object.entries(ground.desired.value.gpus) : [];
    const wanted = wish.find(([key]) => key.startsWith(device.bdf))?.[1].numVfs;
    const now = device.sriov?.vfs.length ?? 0;
    return wanted === undefined ? now === 0 : now !== wanted;
  },
});

/** A screen on the GPU, VFs wanted, none there, and the driver in trouble: reported to be cured by unplugging the screen. */
export const displayAttached: FindingRule = fromLog({
  id: 'vf.display-attached',
  severity: 'warning',
  title: 'A screen is attached to the GPU, and its VFs could not be made',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/339',
  follows: ['firmware.no-vf-address-space', 'firmware.guc-image-refused'],
  pattern: /GUC: load failed|Failed to enable \d+ VFs|GuC initialization failed/i,
  because: ({ device, facts }) =>
    `${connected(facts, device.bdf)} is connected to ${device.bdf}, which has no VFs, and a case is known where VFs came only after the screen was unplugged.`,
  also: ({ device, facts }) => [{ source: `/sys/class/drm/${connected(facts, device.bdf)}/status`, value: 'connected' }],
  remedy: { text: 'Unplug the screen, reboot, and see whether VFs are made; then attach it again.' },
  when: ({ device, facts }) => (device.sriov?.vfs.length ?? 0) === 0 && connected(facts, device.bdf) !== undefined,
});

interface LogSign {
  readonly id: FindingRule['id'];
  readonly severity: Severity;
  readonly title: string;
  readonly reference: string;
  readonly follows?: FindingRule['follows'];
  readonly pattern: RegExp;
  readonly because: (wish: GpuWish) => string;
  readonly also?: (wish: GpuWish) => readonly Evidence[];
  readonly remedy: Extract<Outcome, { readonly state: 'problem' }>['remedy'];
  readonly when?: (wish: GpuWish, ground: DoctorCase) => boolean;
}

/** A finding that rests on a line of the kernel log about a GPU whose VFs are wanted or used. */
function fromLog(sign: LogSign): FindingRule {
  const { id, severity, title, reference, follows, pattern, remedy, when = () => true } = sign;
  return {
    id,
    severity,
    title,
    reference,
    ...(follows === undefined ? {} : { follows }),
    examine: (ground) =>
      withKnown(ground, ['pci', 'logs'], ({ pci }) =>
        gpuWishes(ground).flatMap((wish): readonly Outcome[] => {
          if (wish.mode !== 'sriov' || !when(wish, ground)) return [];
          const functions = [wish.device, ...vfsOf(pci, wish.device).flatMap(({ device }) => device ?? [])];
          const line = functions
            .map((device) => logEvidence({ facts: ground.facts, device }, pattern))
            .find((one) => one !== undefined);
          if (line === undefined) return [];
          return [
            {
              state: 'problem',
              subject: wish.device.bdf,
              because: sign.because(wish),
              evidence: [line, ...(sign.also?.(wish) ?? []), wish.sign],
              remedy,
            },
          ];
        }),
      ),
  };
}

function connected(facts: DoctorCase['facts'], bdf: string): string | undefined {
  return ifKnown(facts.drm)?.connectors.find(({ pci, status }) => pci === bdf && status === 'connected')?.name;
}
