// SPDX-License-Identifier: AGPL-3.0-or-later
import { currentSection, pendingSection } from '../../core/guest/config-document.ts';
import { canonicalCtConfig, parseCtConfig } from '../../core/guest/ct-config.ts';
import { encodeDescription } from '../../core/guest/description-text.ts';
import { splitList } from './formats.ts';

/** A change of a container's configuration. */
export interface CtChange {
  readonly set: ReadonlyMap<string, string>;
  readonly deletes: readonly string[];
  readonly reverts: readonly string[];
  readonly running: boolean;
}

/** What takes effect on a running container at once (pve-container LXC/Config.pm, LXC_FASTPLUG_OPTIONS). */
const FASTPLUG = new Set('description onboot startup protection hostname hookscript cores tags lock'.split(' '));
/** What its cgroup and network take while it runs (the same file, vmconfig_hotplug_pending). */
const HOTPLUG = /^(?:cpulimit|cpuunits|memory|swap|net\d+)$/;

/**
 * A container's file after a change, as PVE writes it: what a running container cannot take waits in `[pve:pending]` (update_pct_config).
 * A new `devN` is added to a running container, a change or removal of one waits. `notSet` are deletions of what is not there.
 */
export function rewriteCt(text: string, change: CtChange): { readonly text: string; readonly notSet: readonly string[] } {
  const config = parseCtConfig(text);
  const current = new Map(currentSection(config).values);
  const { description } = currentSection(config);
  if (description !== undefined) current.set('description', description);
  const section = pendingSection(config);
  const pending = new Map(section?.values ?? []);
  const deletes = new Set(section?.deletes.map(({ key }) => key) ?? []);
  for (const key of change.reverts) {
    pending.delete(key);
    deletes.delete(key);
  }
  const notSet: string[] = [];
  for (const key of change.deletes) {
    if (!current.has(key) && !pending.has(key)) {
      notSet.push(key);
      continue;
    }
    pending.delete(key);
    if (!current.has(key)) continue;
    if (!change.running || FASTPLUG.has(key) || /^(?:unused|net)\d+$|^cpu/.test(key)) current.delete(key);
    else deletes.add(key);
  }
  for (const [key, value] of change.set) {
    const stored = key === 'tags' ? [...new Set(splitList(value.toLowerCase()))].sort().join(';') : value;
    deletes.delete(key);
    pending.delete(key);
    if (current.get(key) === stored) continue;
    const isNew = /^dev\d+$/.test(key) && !current.has(key);
    if (!change.running || FASTPLUG.has(key) || HOTPLUG.test(key) || isNew) current.set(key, stored);
    else pending.set(key, stored);
  }
  return { text: printed(text, current, pending, deletes), notSet };
}

/** The file once everything that waited is applied, as at a start (vmconfig_apply_pending). */
export function applyPendingCt(text: string): string {
  const config = parseCtConfig(text);
  const section = pendingSection(config);
  if (section === undefined) return text;
  const current = new Map(currentSection(config).values);
  const { description } = currentSection(config);
  if (description !== undefined) current.set('description', description);
  for (const { key } of section.deletes) current.delete(key);
  for (const [key, value] of section.values) current.set(key, value);
  return printed(text, current, new Map(), new Set());
}

/** The text with these settings in place of its own; raw lines and snapshots stay. PVE's own writer puts all in order. */
function printed(
  text: string,
  current: ReadonlyMap<string, string>,
  pending: ReadonlyMap<string, string>,
  deletes: ReadonlySet<string>,
): string {
  const raw = currentSection(parseCtConfig(text)).lxc.map(({ key, value }) => `${key}: ${value}`);
  const snapshots = /^\[(?!pve:pending\])[\s\S]*/m.exec(text)?.[0] ?? '';
  const waiting = [...lines(pending), ...(deletes.size === 0 ? [] : [`delete: ${[...deletes].sort().join(',')}`])];
  const parts = [...lines(current), ...raw, ...(waiting.length === 0 ? [] : ['[pve:pending]', ...waiting])];
  return canonicalCtConfig(`${parts.join('\n')}\n${snapshots === '' ? '' : `\n${snapshots}`}`);
}

function lines(values: ReadonlyMap<string, string>): readonly string[] {
  return [...values].flatMap(([key, value]) =>
    key === 'description'
      ? value
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `#${encodeDescription(line)}`)
      : [`${key}: ${value}`],
  );
}
