// SPDX-License-Identifier: AGPL-3.0-or-later
import { ledgerKeys } from '../assign/assignments.ts';
import { guestKeys, guestName, nextValue } from '../assign/guest-keys.ts';
import type { DrmFacts, DrmNode } from '../facts/drm-facts.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { PciFacts } from '../facts/pci-facts.ts';
import type { Bdf } from '../pci/address.ts';
import { EMPTY_LEDGER, type Ledger } from '../plan/ledger.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { type DevEntry, isOwnEntry, MAX_DEVICES, opensFor, parseDevEntry, printOwnEntry } from './dev-entry.ts';
import { isCard, type NodeState, nodeState } from './node-state.ts';

/** One `devN` of a container that names a node of `/dev/dri`, as the next start sees it. */
export interface DevKey {
  readonly key: string;
  readonly value: string;
  readonly entry: DevEntry;
  readonly state: NodeState;
  /** The GPU whose node we set here; absent where it is not noted, or somebody changed the value since. */
  readonly meant?: Bdf;
}

/** A container's graphics nodes, in the order of its keys. The ledger says which GPU an entry of ours was for. */
export function devKeys(guest: Guest, drm: DrmFacts, pci: PciFacts, ledger: Ledger = EMPTY_LEDGER): readonly DevKey[] {
  const noted = ledgerKeys(ledger, guest);
  const meantBy = (key: string, value: string) => {
    const own = Object.hasOwn(noted, key) ? noted[key] : undefined;
    return own?.value === value ? intelGpus(pci).find(({ bdf }) => bdf === own.node)?.bdf : undefined;
  };
  return guestKeys(guest).flatMap((one): DevKey[] => {
    const value = nextValue(one);
    if (value === undefined || !/^dev\d+$/.test(one.key)) return [];
    const entry = parseDevEntry(value);
    const state = entry === undefined ? undefined : nodeState(entry.path, drm, pci);
    const meant = meantBy(one.key, value);
    if (entry === undefined || state === undefined) return [];
    return [{ key: one.key, value, entry, state, ...(meant === undefined ? {} : { meant }) }];
  });
}

/** A node that a container shall have, for a group by its id inside. */
export interface WantedNode {
  readonly node: DrmNode;
  readonly gid: number;
}

/** What to set and what to delete so that a container has exactly the wanted nodes of the GPU. */
export interface DevChange {
  readonly set: { readonly [key: string]: string };
  readonly remove: readonly string[];
  /** Entries that named something else: these are mended or go. */
  readonly stale: readonly DevKey[];
}

/**
 * Brings the `devN` of a container to the wanted nodes. An entry for the right node that opens it for the group stays as it is, whoever
 * wrote it. A stale one, whose node vanished or is a VF's now, keeps its key and gets the right node: PVE would not start the
 * container with it. One that names another Intel GPU than it was for, since numbers were swapped, gets its own again. Others of the
 * user stay.
 */
export function changeDevices(
  guest: Guest,
  present: readonly DevKey[],
  wanted: readonly WantedNode[],
  drm: DrmFacts,
): Result<DevChange> {
  const stale = present.filter((one) => isStale(one));
  const own = new Map(stale.flatMap((one) => ownAgain(one, drm)).map((one) => [one.key, one]));
  const set: { [key: string]: string } = Object.fromEntries([...own].map(([key, { value }]) => [key, value]));
  const unused = stale.filter(({ key }) => !own.has(key));
  const mended = present.map((one) => own.get(one.key) ?? one);
  const taken = new Set(guestKeys(guest).map(({ key }) => key));
  for (const { node, gid } of wanted) {
    const there = mended.find((one) => one.state.kind === 'gpu' && one.state.node.path === node.path);
    if (there !== undefined && opensFor(there.entry, gid)) continue;
    const at = unused.findIndex((one) => isCard(one.entry.path) === isCard(node.path));
    const key = there?.key ?? (at < 0 ? freeKey(taken) : unused.splice(at, 1)[0]?.key);
    if (key === undefined)
      return problem('guest.config', `${guestName(guest)} has no free dev entry: all ${MAX_DEVICES} are taken.`, {
        hint: 'Remove one that it does not need.',
      });
    taken.add(key);
    set[key] = printOwnEntry(node.path, gid);
  }
  return ok({ set, remove: unused.map(({ key }) => key), stale });
}

/** An entry that names another Intel GPU than it was for, with the node of its own and the same group; none where that GPU has no node. */
function ownAgain(one: DevKey, drm: DrmFacts): readonly DevKey[] {
  if (!isSwapped(one)) return [];
  const { meant, entry } = one;
  const node = drm.nodes.find(({ pci, path }) => pci === meant && isCard(path) === isCard(entry.path));
  if (node === undefined) return [];
  const { path } = node;
  return [{ ...one, value: printOwnEntry(path, entry.gid), entry: { ...entry, path }, state: { kind: 'gpu', node } }];
}

/** Whether the numbers of two Intel GPUs were swapped under an entry of ours. */
export function isSwapped({ state, meant }: DevKey): boolean {
  return state.kind === 'gpu' && meant !== undefined && state.node.pci !== meant;
}

/** Whether PVE cannot start the container with an entry, or it is not what it was: a VF's node, another Intel GPU's, or, of ours, another maker's. */
export function isStale(one: DevKey): boolean {
  const { state, value } = one;
  if (isSwapped(one)) return true;
  return state.kind === 'vanished' || state.kind === 'vf' || (state.kind === 'other' && isOwnEntry(value));
}

function freeKey(taken: ReadonlySet<string>): string | undefined {
  return Array.from({ length: MAX_DEVICES }, (_, index) => `dev${index}`).find((key) => !taken.has(key));
}
