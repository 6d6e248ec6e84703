// SPDX-License-Identifier: AGPL-3.0-or-later
import { handLines, MOUNT_KEY } from '../container/hand-lines.ts';
import { type StaleNode, staleNodes } from '../container/stale-nodes.ts';
import type { Guest, GuestKind } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { pveMdevUuid } from '../mdev/mdev-uuid.ts';
import type { Ledger } from '../plan/ledger.ts';
import { intelGpus, intelVfs } from '../vf/vf.ts';
import { vfHolders } from '../vf/vf-holders.ts';
import { unknownSections } from '../vf/vf-list-view.ts';
import { type Assignment, allAssignments, groundOf, ownGuests } from './assignments.ts';
import { guestName } from './guest-keys.ts';
import type { SliceForm } from './slice-entry.ts';

/** One slice of one guest as `assignments` shows it. */
export interface AssignmentRow {
  readonly vmid: number;
  readonly kind: GuestKind;
  /** Null when it is not known. */
  readonly running: boolean | null;
  readonly key: string;
  readonly value: string;
  readonly form: SliceForm;
  readonly pool: string | null;
  /** The functions that it names, or that its pool has on this node. */
  readonly devices: readonly string[];
  /** `set`, `pending` (from the next full stop and start on) or `leaving` (until then). */
  readonly state: Assignment['state'];
  /** The functions that the guest uses now; for `mdev` the UUID of its mediated device. */
  readonly holds: readonly string[];
  /** False for what was set up by hand. */
  readonly ours: boolean;
}

/** The value of `assignments --json`. */
export interface AssignmentsView {
  readonly format: 1;
  readonly assignments: readonly AssignmentRow[];
  /** Entries of containers whose node vanished or is another's now. */
  readonly stale: readonly StaleNode[];
  /** Sections that could not be read, each with the reason. */
  readonly unknown: readonly string[];
  /** Guests whose configuration could not be read. */
  readonly unreadable: readonly { readonly vmid: number; readonly reason: string }[];
}

/** Which guest of this node has which slice, those set up by hand included. */
export function assignmentsView(facts: HostFacts, ledger: Ledger): AssignmentsView {
  const held = new Map<number, readonly string[]>();
  const { pci } = groundOf(facts);
  const mdevs = intelGpus(pci).flatMap((gpu) => (gpu.mdevTypes ?? []).flatMap(({ devices }) => devices));
  for (const vf of intelVfs(pci)) {
    for (const { vmid } of vfHolders(facts, vf)) if (vmid !== undefined) held.set(vmid, [...(held.get(vmid) ?? []), vf.bdf]);
  }
  return {
    format: 1,
    assignments: [
      ...allAssignments(facts, ledger).map((one) => row(one, held.get(one.guest.vmid) ?? [], mdevs)),
      ...ownGuests(facts).flatMap(handRows),
    ].sort((a, b) => a.vmid - b.vmid),
    stale: staleNodes(facts, ledger),
    unknown: unknownSections(facts),
    unreadable: (ifKnown(facts.guests)?.unreadable ?? []).map(({ vmid, reason }) => ({ vmid, reason })),
  };
}

function row(one: Assignment, held: readonly string[], mdevs: readonly string[]): AssignmentRow {
  const { guest, key, value, form, state, ours, devices } = one;
  const uuid = pveMdevUuid({ vmid: guest.vmid, index: Number(/\d+$/.exec(key)?.[0]) });
  const holds =
    form === 'mdev' ? mdevs.filter((mdev) => mdev === uuid) : held.filter((bdf) => (devices as readonly string[]).includes(bdf));
  const running = runningOf(guest);
  return { vmid: guest.vmid, kind: guest.kind, running, key, value, form, pool: one.pool ?? null, devices, state, holds, ours };
}

/** Raw lines of a container that mount `/dev/dri`, as the guides write them. */
function handRows(guest: Guest): readonly AssignmentRow[] {
  if (guest.kind !== 'lxc') return [];
  return handLines(guest).mounts.map((line) => ({
    vmid: guest.vmid,
    kind: guest.kind,
    running: runningOf(guest),
    key: MOUNT_KEY,
    value: line.slice(`${MOUNT_KEY}: `.length),
    form: 'render',
    pool: null,
    devices: [],
    state: 'set',
    holds: [],
    ours: false,
  }));
}

function runningOf(guest: Guest): boolean | null {
  return guest.running.state === 'known' ? guest.running.value : null;
}

const FORMS: { readonly [F in SliceForm]: string } = {
  pool: 'VF from a pool',
  raw: 'pinned VF',
  mdev: 'mediated device',
  pf: 'whole GPU',
  args: 'QEMU argument',
  render: 'render node',
};

/** Of what goes with a whole GPU, the first function is named: a table has no room for all VFs. */
function namedBy({ form, devices: [first = '', ...rest] }: AssignmentRow): string {
  if (form === 'pf' && rest.length > 0) return `${first} and ${rest.length} more`;
  return [first, ...rest].join(', ');
}

/** The view as a table: header first. */
export function assignmentRows(view: AssignmentsView): readonly (readonly string[])[] {
  const header = ['GUEST', 'RUNS', 'SLICE', 'NAMES', 'HOLDS', 'STATE', 'SET BY'];
  const rows = view.assignments.map((one) => [
    guestName(one),
    one.running === null ? '?' : one.running ? 'yes' : 'no',
    FORMS[one.form],
    one.pool ?? namedBy(one),
    one.holds.join(', ') || '-',
    one.state,
    one.ours ? 'pveigpu' : 'hand',
  ]);
  return [header, ...rows];
}
