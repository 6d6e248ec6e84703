// SPDX-License-Identifier: AGPL-3.0-or-later

import { type ConfigSection, parsePendingDeletes, pendingSection, snapshotSections } from './config-document.ts';
import { encodeDescription } from './description-text.ts';
import { isCloudInitDrive } from './drive-value.ts';
import { parseVmConfig } from './vm-config.ts';
import { checkVmValue } from './vm-value.ts';

/** What PVE holds of a section in memory. */
export interface ModelSection {
  readonly values: Map<string, string>;
  description?: string | undefined;
  /** Key to force flag. */
  readonly deletes: Map<string, boolean>;
  /** How `delete:` stood in the file; written back as long as `deletes` says the same. */
  deletesText?: string | undefined;
}

/** A configuration as PVE holds it between reading and writing: no order, no dropped lines. */
export interface VmModel {
  readonly current: ModelSection;
  readonly pending: ModelSection;
  readonly specials: Map<string, ModelSection>;
  readonly snapshots: Map<string, ModelSection>;
}

/** Reads a text into PVE's model. */
export function readVmModel(text: string): VmModel {
  const config = parseVmConfig(text);
  const copy = (section: ConfigSection | undefined): ModelSection => ({
    values: new Map(section?.values ?? []),
    description: section?.description,
    deletes: new Map((section?.deletes ?? []).map((entry) => [entry.key, entry.force])),
    deletesText: section?.deletesText,
  });
  return {
    current: copy(config.sections[0]),
    pending: copy(pendingSection(config)),
    specials: new Map(config.sections.filter((one) => one.kind === 'special').map((one) => [one.name, copy(one)])),
    snapshots: new Map(snapshotSections(config).map((one) => [one.name, copy(one)])),
  };
}

/** Whether anything waits in `[PENDING]`. */
export function hasPending(model: VmModel): boolean {
  const { values, description } = model.pending;
  return values.size > 0 || description !== undefined || printDeletes(model.pending) !== undefined;
}

/**
 * Writes a model as PVE does (qemu-server QemuServer.pm write_vm_config): description first, keys sorted, then `[PENDING]`, special
 * sections and snapshots, each sorted by name.
 */
export function writeVmModel(model: VmModel): string {
  const { current } = model;
  modernise(current.values);
  for (const section of [current, model.pending, ...model.snapshots.values()]) recheck(section.values);
  dropUsedUnused(current.values);
  let text = body(current, false);
  if (hasPending(model)) text += `\n[PENDING]\n${body(model.pending, true)}`;
  for (const [name, section] of sorted(model.specials)) {
    if (name === 'cloudinit' && !hasCloudInit(current)) continue;
    text += `\n[special:${name}]\n${body(section, false)}`;
  }
  for (const [name, section] of sorted(model.snapshots)) text += `\n[${name}]\n${body(section, false)}`;
  return text;
}

function body(section: ModelSection, isPending: boolean): string {
  const lines: string[] = [];
  const { description } = section;
  // Perl takes "0" for empty, too.
  if (description !== undefined && description !== '' && description !== '0') {
    for (const line of withoutTrailingEmpty(description.split('\n'))) lines.push(`#${encodeDescription(line)}\n`);
  } else if (description !== undefined && isPending) lines.push('#\n');
  const values = new Map(section.values);
  const deletes = printDeletes(section);
  if (deletes !== undefined) values.set('delete', deletes);
  for (const [key, value] of sorted(values)) lines.push(`${key}: ${value}\n`);
  return lines.join('');
}

function printDeletes({ deletes, deletesText }: ModelSection): string | undefined {
  const before = new Map(parsePendingDeletes(deletesText ?? '').map((entry) => [entry.key, entry.force]));
  const isSame = before.size === deletes.size && [...before].every(([key, force]) => deletes.get(key) === force);
  if (isSame) return deletesText;
  if (deletes.size === 0) return undefined;
  return sorted(deletes)
    .map(([key, force]) => `${force ? '!' : ''}${key}`)
    .join(',');
}

/** The number of processors once was `smp`; PVE writes `sockets`. */
function modernise(values: Map<string, string>): void {
  const smp = values.get('smp');
  if (!values.has('sockets') && smp !== undefined) {
    values.set('sockets', smp);
    values.delete('cores');
  }
  values.delete('smp');
}

/** PVE checks every value again when it writes, which takes another pair of quotes off a string without a format. */
function recheck(values: Map<string, string>): void {
  for (const [key, value] of values) {
    const checked = checkVmValue(key, value);
    if (checked.ok && checked.value !== value) values.set(key, checked.value);
  }
}

function dropUsedUnused(values: Map<string, string>): void {
  const files = new Set<string>();
  for (const [key, value] of values)
    if (/^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/.test(key)) files.add(value.split(',', 1)[0] ?? '');
  for (const [key, value] of [...values]) if (key.startsWith('unused') && files.has(value)) values.delete(key);
}

function hasCloudInit(section: ModelSection): boolean {
  return [...section.values].some(([key, value]) => /^(?:ide|sata|scsi|virtio)\d+$/.test(key) && isCloudInitDrive(value));
}

function withoutTrailingEmpty(lines: readonly string[]): readonly string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end -= 1;
  return lines.slice(0, end);
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
