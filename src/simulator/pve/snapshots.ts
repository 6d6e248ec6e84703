// SPDX-License-Identifier: AGPL-3.0-or-later
import { encodeDescription } from '../../core/guest/description-text.ts';
import { type ModelSection, readVmModel, type VmModel, writeVmModel } from '../../core/guest/vm-model.ts';
import { runningPid } from './guest-state.ts';
import { hostpciKeys } from './hostpci.ts';
import { Die } from './perl-die.ts';
import type { Session } from './session.ts';
import { checkLock } from './update-vm.ts';

const NOT_IN_SNAPSHOT = new Set(['lock', 'parent', 'vmstate', 'snaptime', 'snapstate', 'digest', 'template']);

/** Takes a snapshot (AbstractConfig.pm `snapshot_create`); the memory of a VM with passthrough can't be saved. */
export function takeSnapshot(
  session: Session,
  vmid: number,
  name: string,
  description: string | undefined,
  vmstate: boolean,
): void {
  const { model } = session.loadVm(vmid);
  checkLock(model);
  if (model.snapshots.has(name)) throw new Die(`snapshot name '${name}' already used\n`);
  const running = runningPid(session.machine, vmid) !== undefined;
  if (vmstate && running && hostpciKeys(model.current.values).length > 0)
    throw new Die('cannot save state of VM with passed-through PCI device(s)\n');
  const section = copyOf(model.current);
  const parent = model.current.values.get('parent');
  if (parent !== undefined) section.values.set('parent', parent);
  section.description = description;
  section.values.set('snaptime', String(Math.floor(session.machine.nowMs() / 1000)));
  model.snapshots.set(name, section);
  model.current.values.set('parent', name);
  session.saveVm(vmid, writeVmModel(model));
}

/** Goes back to a snapshot: its keys become the current ones, other snapshots stay. */
export function rollBack(session: Session, vmid: number, name: string): void {
  const { model, text } = session.loadVm(vmid);
  const section = snapshotOf(model, name);
  checkLock(model);
  const fresh = readVmModel(text);
  const current = copyOf(section);
  current.values.set('parent', name);
  current.description = undefined;
  session.saveVm(vmid, writeVmModel({ ...fresh, current, pending: { values: new Map(), deletes: new Map() } }));
}

/** Drops a snapshot; what named it as parent names its parent. */
export function dropSnapshot(session: Session, vmid: number, name: string): void {
  const { model } = session.loadVm(vmid);
  const parent = snapshotOf(model, name).values.get('parent');
  checkLock(model);
  model.snapshots.delete(name);
  for (const section of [model.current, ...model.snapshots.values()]) {
    if (section.values.get('parent') !== name) continue;
    if (parent === undefined) section.values.delete('parent');
    else section.values.set('parent', parent);
  }
  session.saveVm(vmid, writeVmModel(model));
}

/** A snapshot by its name; dies when there is none. */
export function snapshotOf(model: VmModel, name: string): ModelSection {
  const section = model.snapshots.get(name);
  if (section === undefined) throw new Die(`snapshot '${name}' does not exist\n`);
  return section;
}

function copyOf(section: ModelSection): ModelSection {
  const values = new Map([...section.values].filter(([key]) => !NOT_IN_SNAPSHOT.has(key)));
  return { values, deletes: new Map(), description: section.description };
}

/** The tree of `qm listsnapshot`. */
export function snapshotTree(model: VmModel): string {
  const all = new Map<string, ModelSection>([...model.snapshots, ['current', model.current]]);
  const lines: string[] = [];
  const add = (name: string, depth: number) => {
    const section = all.get(name);
    const seconds = Number(name === 'current' ? Number.NaN : (section?.values.get('snaptime') ?? Number.NaN));
    const time = Number.isNaN(seconds) ? '' : new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
    const text =
      name === 'current'
        ? 'You are here!'
        : (section?.description ?? 'no-description').split('\n').map(encodeDescription).join('%0A');
    lines.push(`${`${' '.repeat(depth)}\`-> ${name}`.padEnd(32)}${time.padEnd(24)}${text}\n`);
    for (const [child, { values }] of [...all].sort(
      ([, a], [, b]) =>
        Number(a.values.get('snaptime') ?? Number.MAX_SAFE_INTEGER) - Number(b.values.get('snaptime') ?? Number.MAX_SAFE_INTEGER),
    ))
      if (values.get('parent') === name && child !== name) add(child, depth + 1);
  };
  for (const [name, { values }] of all) if (!all.has(values.get('parent') ?? '') || values.get('parent') === name) add(name, 0);
  return lines.join('');
}
