// SPDX-License-Identifier: AGPL-3.0-or-later
import { perlTrim } from '../text/perl-space.ts';
import { decodeDescription } from './description-text.ts';
import { type Rejection, scanVmConfig, type VmSectionKind } from './vm-scan.ts';

export type VmLineKind = 'section' | 'description' | 'key' | 'delete' | 'rejected' | 'ignored';

/** One line as it stands, without its line feed, and what PVE makes of it. */
export interface VmConfigLine {
  readonly raw: string;
  readonly kind: VmLineKind;
  /** Index into `sections`; the last one that was opened before the line. */
  readonly section: number;
  readonly key?: string;
  readonly value?: string;
  readonly rejection?: Rejection;
}

/** What PVE keeps of one section. Of two lines with one key the last counts; of two sections with one name, too. */
export interface VmConfigSection {
  readonly kind: VmSectionKind;
  /** `current`, `pending`, `cloudinit`, `fleecing`, or the snapshot's name. */
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
  /** Decoded; absent when there is no description line. */
  readonly description?: string;
  readonly deletes: readonly PendingDelete[];
}

/** One key that `[PENDING]` deletes; `force` is the `!` before it. */
export interface PendingDelete {
  readonly key: string;
  readonly force: boolean;
}

/** A VM configuration: every line as it was, and PVE's reading of it. */
export interface VmConfig {
  readonly lines: readonly VmConfigLine[];
  /** In file order; the first is always `current`. */
  readonly sections: readonly VmConfigSection[];
}

interface OpenSection {
  kind: VmSectionKind;
  name: string;
  values: Map<string, string>;
  comment?: string;
  description?: string;
  deletes: readonly PendingDelete[];
}

/** Reads a VM configuration as PVE does, without losing a byte of it ({@link printVmConfig}). Nothing is refused. */
export function parseVmConfig(text: string): VmConfig {
  const raw = text.split('\n');
  const lines: VmConfigLine[] = [];
  const sections: OpenSection[] = [{ kind: 'current', name: 'current', values: new Map(), deletes: [] }];
  const open = (): OpenSection => sections[sections.length - 1] as OpenSection;
  const add = (number: number, kind: VmLineKind, more: Partial<VmConfigLine> = {}) => {
    lines.push({ raw: raw[number - 1] ?? '', kind, section: sections.length - 1, ...more });
  };
  scanVmConfig(text, {
    section(number, kind, name) {
      finish(open());
      sections.push({ kind, name, values: new Map(), deletes: [] });
      add(number, 'section');
    },
    unknownSection(number) {
      add(number, 'rejected', { rejection: { reason: 'unknown section' } });
    },
    description(number, part, isComment) {
      const section = open();
      section.comment = `${section.comment ?? ''}${decodeDescription(part)}${isComment ? '\n' : ''}`;
      add(number, 'description');
    },
    key(number, key, value) {
      if (key === 'description') open().description = value;
      else open().values.set(key, value);
      add(number, 'key', { key, value });
    },
    deletes(number, value) {
      open().deletes = parsePendingDeletes(value);
      add(number, 'delete', { value });
    },
    rejected(number, rejection) {
      add(number, 'rejected', { rejection });
    },
    ignored(number) {
      add(number, 'ignored');
    },
  });
  finish(open());
  for (let number = lines.length; number < raw.length; number++) add(number + 1, 'ignored');
  return { lines, sections };
}

function finish(section: OpenSection): void {
  if (section.comment === undefined) return;
  section.description = section.comment.replace(/[\t\n\v\f\r ]+$/, '');
  delete section.comment;
}

/** The text of a configuration, byte for byte. */
export function printVmConfig(config: VmConfig): string {
  return config.lines.map((line) => line.raw).join('\n');
}

/** Splits the value of `delete:` (pve-guest-common AbstractConfig.pm parse_pending_delete). */
export function parsePendingDeletes(value: string): readonly PendingDelete[] {
  const entries = perlTrim(value.replace(/[,;]/g, ' ')).split(/[ \t\n\v\f\r]+/);
  return entries.filter((entry) => entry !== '').map((entry) => ({ key: entry.replace(/^!/, ''), force: entry.startsWith('!') }));
}

/** The section of what runs now (or ran last). */
export function currentSection(config: VmConfig): VmConfigSection {
  return config.sections[0] ?? { kind: 'current', name: 'current', values: new Map(), deletes: [] };
}

/** The `[PENDING]` section that counts, or undefined. */
export function pendingSection(config: VmConfig): VmConfigSection | undefined {
  return lastOf(config.sections.filter((section) => section.kind === 'pending'));
}

/** The snapshots; of two with one name the last. */
export function snapshotSections(config: VmConfig): readonly VmConfigSection[] {
  const byName = new Map(config.sections.filter((one) => one.kind === 'snapshot').map((one) => [one.name, one]));
  return [...byName.values()];
}

/** The value of a key as the next start will see it: pending changes applied. Undefined when it is not set then. */
export function nextVmValue(config: VmConfig, key: string): string | undefined {
  const pending = pendingSection(config);
  const current = currentSection(config).values.get(key);
  if (pending === undefined) return current;
  return pending.values.get(key) ?? (pending.deletes.some((entry) => entry.key === key) ? undefined : current);
}

/** The lines that PVE drops at its next write, with their number. */
export function rejectedLines(config: VmConfig): readonly { readonly line: number; readonly rejection: Rejection }[] {
  return config.lines.flatMap((line, index) =>
    line.rejection === undefined ? [] : [{ line: index + 1, rejection: line.rejection }],
  );
}

function lastOf<T>(values: readonly T[]): T | undefined {
  return values[values.length - 1];
}
