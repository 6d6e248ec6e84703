// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';

/** Files inside containers that somebody changed, by container and path. A host sees them in no path of its own. */
const CHANGED = new WeakMap<Machine, Map<string, string>>();

/** A file of a container's root, as it is or as its profile has it; undefined when it has none. */
export function containerFile(machine: Machine, ctid: number, path: string): string | undefined {
  const changed = CHANGED.get(machine)?.get(`${ctid}${path}`);
  return changed ?? (path === '/etc/group' ? machine.profile.containerGroups?.[String(ctid)] : undefined);
}

/** Somebody inside a container writes a file, as a package's script does that makes a group. */
export function setContainerFile(machine: Machine, ctid: number, path: string, text: string): void {
  const files = CHANGED.get(machine) ?? new Map<string, string>();
  files.set(`${ctid}${path}`, text);
  CHANGED.set(machine, files);
}
