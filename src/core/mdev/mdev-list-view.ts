// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { unknownSections } from '../vf/vf-list-view.ts';
import { type MdevFound, type MdevState, mdevInstances } from './mdev-instance.ts';

/** One mediated device as `mdev list` shows it. */
export interface MdevRow {
  readonly uuid: string;
  readonly gpu: string;
  /** Null when it is being taken away. */
  readonly type: string | null;
  /** The guest that PVE made it for. */
  readonly vmid: number | null;
  readonly users: readonly string[];
  readonly state: MdevState;
  readonly because: string;
}

/** The value of `mdev list --json`. */
export interface MdevListView {
  readonly format: 1;
  readonly mdevs: readonly MdevRow[];
  readonly unknown: readonly string[];
}

/** The mediated devices of this node with who uses them. */
export function mdevListView(facts: HostFacts, found: readonly MdevFound[]): MdevListView {
  const mdevs = mdevInstances(facts, found).map(({ uuid, gpu, type, vmid, users, state, because }) => {
    return { uuid, gpu, type, vmid, users, state, because };
  });
  return { format: 1, mdevs, unknown: unknownSections(facts) };
}

/** The view as a table: header first. */
export function mdevListRows({ mdevs }: MdevListView): readonly (readonly string[])[] {
  const header = ['UUID', 'GPU', 'TYPE', 'GUEST', 'STATE', 'WHY'];
  return [
    header,
    ...mdevs.map(({ uuid, gpu, type, vmid, state, because }) => [
      uuid,
      gpu,
      type ?? '-',
      vmid === null ? '-' : `VM ${vmid}`,
      state,
      because,
    ]),
  ];
}
