// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../../../src/core/assign/assign-request.ts';
import { hookPlace } from '../../../src/core/assign/hook-script.ts';
import { planAssignment } from '../../../src/core/assign/plan-assign.ts';
import { planRelease } from '../../../src/core/assign/plan-unassign.ts';
import type { Guest } from '../../../src/core/facts/guest-facts.ts';
import type { FactSections, SectionName } from '../../../src/core/facts/host-facts.ts';
import type { PciDevice } from '../../../src/core/facts/pci-facts.ts';
import { known } from '../../../src/core/facts/section.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import { guestSections } from '../../../src/core/guest/guest-sections.ts';
import { parsePoolConfig } from '../../../src/core/guest/pool-config.ts';
import type { FileImage, Plan, StepOf } from '../../../src/core/plan/action.ts';
import { textToBase64 } from '../../../src/core/plan/file-image.ts';
import { EMPTY_LEDGER, type Ledger } from '../../../src/core/plan/ledger.ts';
import type { Problem, Result } from '../../../src/core/problem.ts';
import { bdf, drmOf, factsOf, intelGpu, moduleOf, sriov } from '../../support/facts.ts';

/** The text of our hookscript in these tests. */
export const STUB = '#!/usr/bin/perl\n# written by pveigpu\n';

export interface NodeSpec {
  /** Configuration texts of this node's VMs. */
  readonly vms?: { readonly [vmid: number]: string };
  readonly containers?: { readonly [vmid: number]: string };
  readonly running?: readonly number[];
  /** How many VFs exist; default 7. */
  readonly vfs?: number;
  readonly device?: string;
  readonly vf?: Partial<PciDevice>;
  readonly gpu?: Partial<PciDevice>;
  /** `/etc/pve/mapping/pci.cfg`. */
  readonly mapping?: string;
  readonly ledger?: Ledger;
  readonly parts?: { readonly [K in SectionName]?: Partial<FactSections[K]> };
  readonly hookFile?: FileImage;
}

/** A Raptor Lake node with i915-sriov-dkms as PF, VFs in groups 20 and up, and whatever else is asked for. */
export function groundOf(spec: NodeSpec, vmid = 101): GuestGround {
  const count = spec.vfs ?? 7;
  const device = spec.device ?? 'a780';
  const pf = intelGpu(device, {
    subsystemVendor: '1043',
    subsystemDevice: '8882',
    ...sriov(7, count),
    bars: Array.from({ length: 2 }, (_, index) => ({ index: 7 + 2 * index, start: '0x4020000000', sizeBytes: 1 << 29 })),
    ...spec.gpu,
  });
  const displays = [pf, ...Array.from({ length: count }, (_, index) => vfDevice(device, index + 1, spec.vf))];
  const guests = [...guestsOf('qemu', spec.vms, spec.running), ...guestsOf('lxc', spec.containers, spec.running)];
  const facts = factsOf({
    drm: drmOf(),
    modules: {
      modules: [
        moduleOf('i915', { origin: 'dkms', taint: 'OE', parameters: { enable_guc: '3', max_vfs: '7' } }),
        moduleOf('vfio_pci'),
      ],
      dkms: [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels: ['6.17.2-1-pve'] }],
    },
    logs: { lines: ['i915 0000:00:02.0: Running in SR-IOV PF mode'] },
    hookscripts: {
      snippetStorages: [{ storage: 'local', path: '/var/lib/vz/snippets', allowsSnippets: true }],
    },
    ...spec.parts,
    pci: { displays, iommuGroups: groupsOf(displays), ...spec.parts?.pci },
    guests: { guests, ...spec.parts?.guests },
    pools: { pools: parsePoolConfig(spec.mapping ?? '') },
    pve: { vmlist: known(guests.map((guest) => ({ vmid: guest.vmid, node: guest.node, kind: guest.kind }))), ...spec.parts?.pve },
  });
  const guest = guests.find((one) => one.vmid === vmid);
  const place = guest === undefined ? undefined : hookPlace(facts, guest);
  return {
    facts,
    verdict: judge(facts),
    ledger: spec.ledger ?? EMPTY_LEDGER,
    digest: 'd1',
    ...(place === undefined
      ? {}
      : { hook: { ...place, base64: textToBase64(STUB), before: spec.hookFile ?? { kind: 'absent' } } }),
  };
}

function vfDevice(device: string, number: number, more: Partial<PciDevice> = {}): PciDevice {
  return {
    ...intelGpu(device),
    bdf: bdf(`0000:00:02.${number}`),
    driver: 'vfio-pci',
    driverOverride: known('vfio-pci'),
    iommuGroup: 19 + number,
    bootVga: false,
    physfn: bdf('0000:00:02.0'),
    subsystemVendor: '1043',
    subsystemDevice: '8882',
    ...more,
  };
}

function groupsOf(devices: readonly PciDevice[]): FactSections['pci']['iommuGroups'] {
  const ids = [...new Set(devices.flatMap((device) => (device.iommuGroup === null ? [] : [device.iommuGroup])))];
  return ids.map((id) => ({ id, members: devices.filter((device) => device.iommuGroup === id).map((device) => device.bdf) }));
}

function guestsOf(
  kind: Guest['kind'],
  texts: { readonly [vmid: number]: string } = {},
  running: readonly number[] = [],
): readonly Guest[] {
  return Object.entries(texts).map(([id, text]) => ({
    vmid: Number(id),
    kind,
    node: 'pve',
    running: known(running.includes(Number(id))),
    ...guestSections(kind, text),
  }));
}

/** A line of a mapping as PVE writes it for VF `number` of the default node. */
export function mapLine(number: number, more: { readonly node?: string; readonly group?: number } = {}): string {
  const group = more.group ?? 19 + number;
  return `\tmap id=8086:a780,iommugroup=${group},node=${more.node ?? 'pve'},path=0000:00:02.${number},subsystem-id=1043:8882\n`;
}

/** A mapping with some VFs; `description` decides whose it is. */
export function mapping(id: string, lines: readonly string[], description?: string): string {
  return `${id}\n${lines.join('')}${description === undefined ? '' : `\tdescription ${description}\n`}\n`;
}

export function assign(spec: NodeSpec, request: Partial<AssignRequest> = {}): Result<Plan> {
  const vmid = request.vmid ?? 101;
  return planAssignment(groundOf(spec, vmid), { vmid, ...request });
}

export function unassign(spec: NodeSpec, request: { readonly vmid?: number; readonly force?: boolean } = {}): Result<Plan> {
  const vmid = request.vmid ?? 101;
  return planRelease(groundOf(spec, vmid), { vmid, ...request });
}

/** The plan, or the problem's text as a failure of the test. */
export function planOf(result: Result<Plan>): Plan {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

export function problemOf(result: Result<Plan>): Problem {
  if (result.ok) throw new Error(`planned: ${result.value.title}`);
  return result.problem;
}

export function guestChange(plan: Plan): StepOf<'setGuestConfig'>['args'] | undefined {
  return plan.steps.find((step): step is StepOf<'setGuestConfig'> => step.action === 'setGuestConfig')?.args;
}

export function remarkIds(plan: Plan): readonly string[] {
  return plan.remarks.map((remark) => `${remark.level} ${remark.id}`);
}

export function actions(plan: Plan): readonly string[] {
  return plan.steps.map((step) => step.action);
}
