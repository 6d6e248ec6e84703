// SPDX-License-Identifier: AGPL-3.0-or-later
import { isFastPlug } from './vm-keys.ts';
import { hasPending, readVmModel, type VmModel, writeVmModel } from './vm-model.ts';
import { splitTags } from './vm-value.ts';

/** A change as `qm set` takes it. */
export interface ConfigChange {
  readonly set?: { readonly [key: string]: string };
  readonly remove?: readonly string[];
  readonly revert?: readonly string[];
  /** `--force` with `remove`. */
  readonly force?: boolean;
  /** Whether the guest runs: then only some settings take effect at once and the others wait in `[PENDING]`. */
  readonly running?: boolean;
}

/** What became of the file, and which keys of `remove` were not set (PVE warns about each and goes on). */
export interface Rewritten {
  readonly text: string;
  readonly notSet: readonly string[];
}

/**
 * What PVE's own writer makes of a file at `qm set` (qemu-server API2/Qemu.pm update_vm_api): each option is read, put into `[PENDING]`
 * and written on its own; then equal pending values go; then, on a stopped VM, all of `[PENDING]` is applied. When nothing changes the
 * file is not written. Values must have passed PVE's parameter check. Not modelled: disks that are added or detached, a new MAC or
 * generation id, password hashes, the machine version that PVE pins when `ostype` becomes Windows, and on a running VM the hot plugging
 * of devices, processors and memory (such a change is left in `[PENDING]`).
 */
export function rewriteLikePve(text: string, change: ConfigChange): Rewritten {
  const file = new File(text);
  const set = new Map(Object.entries(change.set ?? {}));
  const remove = [...(change.remove ?? [])];
  const before = readVmModel(text);
  for (const key of change.revert ?? []) {
    const value = before.current.values.get(key);
    if (value !== undefined) set.set(key, value);
    else if (before.pending.values.has(key)) remove.push(key);
  }
  const notSet = remove.filter((key) => !deleteOne(file, key, change.force === true, before));
  for (const [key, value] of set) setOne(file, key, value);
  const model = file.load();
  if (cleanupPending(model)) file.save(model);
  if (hasPending(model)) {
    const reloaded = file.load();
    if (change.running === true) applyRunning(file, reloaded, new Set([...set.keys(), ...remove]));
    else file.save(applied(reloaded));
  }
  return { text: file.text, notSet };
}

/** What PVE writes when it only applies what waits in `[PENDING]`, as it does at a stop or at the next start. */
export function applyPendingLikePve(text: string): string {
  const model = readVmModel(text);
  return hasPending(model) ? writeVmModel(applied(model)) : text;
}

/** What PVE would write of a file without any change: the form that "restored" is compared with. */
export function canonicalVmConfig(text: string): string {
  return writeVmModel(readVmModel(text));
}

class File {
  text: string;
  constructor(text: string) {
    this.text = text;
  }
  load(): VmModel {
    return readVmModel(this.text);
  }
  save(model: VmModel): void {
    this.text = writeVmModel(model);
  }
}

function deleteOne(file: File, key: string, force: boolean, before: VmModel): boolean {
  const model = file.load();
  const { current, pending } = model;
  const isDescription = key === 'description';
  const value = isDescription
    ? (current.description ?? pending.description)
    : (current.values.get(key) ?? pending.values.get(key));
  if (value === undefined) return false;
  if (isDescription) pending.description = undefined;
  pending.values.delete(key);
  dropFromBootOrder(model, key, before);
  if (key === 'tags') current.values.delete(key);
  else pending.deletes.set(key, force);
  pending.deletesText = undefined;
  file.save(model);
  return true;
}

/** A boot order that names the key is set again without it. */
function dropFromBootOrder(model: VmModel, key: string, before: VmModel): void {
  const order = /(?:^|,)order=([^,]*)/.exec(before.current.values.get('boot') ?? '')?.[1];
  const devices = order?.split(/[;\s]+/).filter((device) => device !== '');
  if (devices?.includes(key) !== true) return;
  const rest = devices.filter((device) => device !== key);
  model.pending.values.set('boot', rest.length === 0 ? '' : `order=${rest.join(';')}`);
}

function setOne(file: File, key: string, value: string): void {
  const model = file.load();
  const { pending, current } = model;
  if (key === 'description') {
    if (pending.description === value) return;
    pending.description = value;
  } else {
    if (pending.values.get(key) === value) return;
    if (key === 'cipassword') current.values.set(key, value);
    else pending.values.set(key, key === 'tags' ? uniqueTags(value) : value);
    if (key === 'boot' && value.includes('order=') && current.values.has('bootdisk')) pending.deletes.set('bootdisk', false);
  }
  pending.deletes.delete(key);
  file.save(model);
}

/** Tags as PVE stores them with the default style: sorted, lower case, each once (pve-guest-common GuestHelpers.pm). */
export function uniqueTags(value: string): string {
  return [...new Set(splitTags(value).map((tag) => tag.toLowerCase()))].sort().join(';');
}

/** Takes away pending values that equal the current ones and deletions of what is not set; true when something changed. */
function cleanupPending({ current, pending }: VmModel): boolean {
  let changed = false;
  for (const [key, value] of [...pending.values]) {
    if (current.values.get(key) === value) changed = pending.values.delete(key);
  }
  if (pending.description !== undefined && current.description === pending.description) {
    pending.description = undefined;
    changed = true;
  }
  pending.deletesText = undefined;
  for (const key of [...pending.deletes.keys()]) {
    const isSet = key === 'description' ? current.description !== undefined : current.values.has(key);
    if (!isSet) changed = pending.deletes.delete(key) || changed;
  }
  return changed;
}

function applied(model: VmModel): VmModel {
  for (const key of [...model.pending.deletes.keys()]) removeNow(model, key);
  cleanupPending(model);
  for (const key of [...model.pending.values.keys()]) setNow(model, key);
  applyDescription(model);
  return model;
}

function applyRunning(file: File, model: VmModel, touched: ReadonlySet<string>): void {
  const isLive = (key: string) => isFastPlug(key) || (key === 'hotplug' && hotplugApplies(model));
  for (const key of [...model.pending.values.keys()]) if (isLive(key)) setNow(model, key);
  applyDescription(model);
  for (const key of [...model.pending.deletes.keys()]) if (isFastPlug(key) && touched.has(key)) removeNow(model, key);
  file.save(model);
}

/** The set of hot-pluggable things changes at once unless processors or memory are among them, before or after. */
function hotplugApplies({ current, pending }: VmModel): boolean {
  return !/cpu|memory/.test(`${current.values.get('hotplug') ?? ''} ${pending.values.get('hotplug') ?? ''}`);
}

function applyDescription({ current, pending }: VmModel): void {
  if (pending.description === undefined) return;
  current.description = pending.description;
  pending.description = undefined;
}

function setNow({ current, pending }: VmModel, key: string): void {
  const value = pending.values.get(key);
  if (value !== undefined) current.values.set(key, value);
  pending.values.delete(key);
}

function removeNow({ current, pending }: VmModel, key: string): void {
  if (key === 'description') current.description = undefined;
  current.values.delete(key);
  pending.deletes.delete(key);
}
