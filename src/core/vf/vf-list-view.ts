// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments, nodeOf } from '../assign/assignments.ts';
import { guestName } from '../assign/guest-keys.ts';
import { guestsPinning } from '../assign/pins.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { EMPTY_LEDGER } from '../plan/ledger.ts';
import { pathsOf } from '../pool/pool-entry.ts';
import { halfRemovedVfs } from './half-removed.ts';
import { intelGpus, type Vf, vfsOf } from './vf.ts';
import { vfHolders } from './vf-holders.ts';

/** One PCI function as `vf list` shows it. */
export interface FunctionRow {
  readonly bdf: string;
  /** 1 for `virtfn0`, null for the GPU itself. */
  readonly vf: number | null;
  /** Only on a VF that the kernel has begun to remove and not ended with: somebody has it open. */
  readonly leaving?: true;
  readonly driver: string | null;
  readonly override: string | null;
  /** False when the override did not come back in time, or was not read. */
  readonly overrideKnown: boolean;
  readonly iommuGroup: number | null;
  /** Who uses it now: `VM 101`, `container 105`, `qemu (pid 812)`. */
  readonly holders: readonly string[];
  readonly pools: readonly string[];
  /** Guests that name it by address. */
  readonly pinnedTo: readonly string[];
}

/** The value of `vf list --json`. */
export interface VfListView {
  readonly format: 1;
  readonly gpus: readonly {
    readonly bdf: string;
    /** `vendor:device`. */
    readonly id: string;
    /** What the driver or the hardware offers; null when the GPU shows no SR-IOV. */
    readonly totalVfs: number | null;
    readonly functions: readonly FunctionRow[];
  }[];
  /** Sections that could not be read, each with the reason: columns that rest on them are empty. */
  readonly unknown: readonly string[];
}

/** The GPUs and their VFs with driver, override, group and holder. */
export function vfListView(facts: HostFacts): VfListView {
  const pci = ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] };
  const assignments = allAssignments(facts, EMPTY_LEDGER);
  const row = (vf: Vf) => functionRow(facts, assignments, vf);
  const leaving = (vf: Vf): FunctionRow => ({ ...row(vf), leaving: true });
  const gpus = intelGpus(pci).map((pf) => ({
    bdf: pf.bdf,
    id: `${pf.vendor}:${pf.device}`,
    totalVfs: pf.sriov?.totalVfs ?? null,
    functions: [
      row({ pf, number: 0, bdf: pf.bdf, device: pf }),
      // Lowest first, as the kernel removes them: what is half gone stands before what is whole.
      ...halfRemovedVfs(pci, pf).map(leaving),
      ...vfsOf(pci, pf).map((vf) => row(vf)),
    ],
  }));
  return { format: 1, gpus, unknown: unknownSections(facts) };
}

function functionRow(facts: HostFacts, assignments: readonly Assignment[], vf: Vf): FunctionRow {
  const override = overrideOf(vf.device);
  const node = nodeOf(facts);
  const pools = (ifKnown(facts.pools)?.pools ?? []).filter((pool) =>
    pool.entries.some((entry) => entry.node === node && pathsOf(entry).includes(vf.bdf)),
  );
  return {
    bdf: vf.bdf,
    vf: vf.number === 0 ? null : vf.number,
    driver: vf.device?.driver ?? null,
    override: override ?? null,
    overrideKnown: override !== undefined,
    iommuGroup: vf.device?.iommuGroup ?? null,
    holders: vfHolders(facts, vf).map((holder) => holder.name),
    pools: pools.map((pool) => pool.id),
    pinnedTo: guestsPinning(assignments, vf.bdf).map(guestName),
  };
}

function overrideOf(device: PciDevice | undefined): string | null | undefined {
  if (device === undefined || device.driverOverride.state === 'unknown') return undefined;
  return device.driverOverride.state === 'known' ? device.driverOverride.value : null;
}

/** The sections that were asked for and could not be read, as `guests: reason`. */
export function unknownSections(facts: HostFacts): readonly string[] {
  return Object.entries(facts).flatMap(([name, section]) =>
    typeof section === 'object' && section.state === 'unknown' ? [`${name}: ${section.reason}`] : [],
  );
}

/** The view as a table: header first. */
export function vfListRows(view: VfListView): readonly (readonly string[])[] {
  const header = ['ADDRESS', 'FUNCTION', 'DRIVER', 'OVERRIDE', 'GROUP', 'HELD BY', 'POOL', 'PINNED TO'];
  const rows = view.gpus.flatMap((gpu) =>
    gpu.functions.map((row) => [
      row.bdf,
      row.vf === null ? 'GPU' : `VF ${row.vf}${row.leaving === true ? ', being removed' : ''}`,
      row.driver ?? '-',
      row.overrideKnown ? (row.override ?? '-') : '?',
      row.iommuGroup === null ? '-' : String(row.iommuGroup),
      row.holders.join(', ') || '-',
      row.pools.join(', ') || '-',
      row.pinnedTo.join(', ') || '-',
    ]),
  );
  return [header, ...rows];
}
