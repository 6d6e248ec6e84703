// SPDX-License-Identifier: AGPL-3.0-or-later
import { perlTrim } from '../text/perl-space.ts';
import { decodeDescription } from './description-text.ts';

export type ConfigSectionKind = 'current' | 'pending' | 'special' | 'snapshot';

/** Why PVE drops a line: its key when PVE knows that, and PVE's reason. */
export interface Rejection {
  readonly key?: string;
  readonly reason: string;
  /** PVE's own warning about it, without its leading `vm ID - `; only the details of a format error are our words. */
  readonly warning: string;
}

/** What a scanner tells of each line of a configuration, in file order. Line numbers count from 1. */
export interface ConfigSink {
  section(line: number, kind: ConfigSectionKind, name: string): void;
  /** A section whose name PVE does not accept: it is dropped with everything in it. */
  unknownSection(line: number, name: string): void;
  /** A `#` line without its `#`, or the value of a `description:` line: part of the section's description, still encoded. */
  description(line: number, text: string, isComment: boolean): void;
  key(line: number, key: string, value: string): void;
  /** A raw `lxc.*` line of a container. */
  lxc(line: number, key: string, value: string): void;
  /** `delete:` of a pending section. */
  deletes(line: number, value: string): void;
  rejected(line: number, rejection: Rejection): void;
  /** Blank lines, lines of a dropped section, and `snapstate:`. */
  ignored(line: number): void;
}

export type ConfigLineKind = 'section' | 'description' | 'key' | 'lxc' | 'delete' | 'rejected' | 'ignored';

/** One line as it stands, without its line feed, and what PVE makes of it. */
export interface ConfigLine {
  readonly raw: string;
  readonly kind: ConfigLineKind;
  /** Index into `sections`; the last one that was opened before the line. */
  readonly section: number;
  readonly key?: string;
  readonly value?: string;
  readonly rejection?: Rejection;
}

/** What PVE keeps of one section. Of two lines with one key the last counts; of two sections with one name, too. */
export interface ConfigSection {
  readonly kind: ConfigSectionKind;
  /** `current`, `pending`, `cloudinit`, `fleecing`, or the snapshot's name. */
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
  /** Raw `lxc.*` lines of a container, in order; a key may come several times. */
  readonly lxc: readonly { readonly key: string; readonly value: string }[];
  /** Decoded; absent when there is no description line. */
  readonly description?: string;
  readonly deletes: readonly PendingDelete[];
  /** The value of `delete:` as it stands; PVE writes it back so until it changes it. */
  readonly deletesText?: string;
}

/** One key that a pending section deletes; `force` is the `!` before it. */
export interface PendingDelete {
  readonly key: string;
  readonly force: boolean;
}

/** A guest's configuration: every line as it was, and PVE's reading of it. */
export interface GuestConfig {
  readonly lines: readonly ConfigLine[];
  /** In file order; the first is always `current`. */
  readonly sections: readonly ConfigSection[];
}

interface OpenSection {
  kind: ConfigSectionKind;
  name: string;
  values: Map<string, string>;
  lxc: { key: string; value: string }[];
  comment?: string;
  description?: string;
  deletes: readonly PendingDelete[];
  deletesText?: string;
}

/** Builds the document of a text from what a scanner tells of it; `descriptionOf` is how the kind of guest ends a description. */
export function buildConfig(
  text: string,
  scan: (text: string, sink: ConfigSink) => void,
  descriptionOf: (decoded: string) => string | undefined,
): GuestConfig {
  const raw = text.split('\n');
  const lines: ConfigLine[] = [];
  let open: OpenSection = { kind: 'current', name: 'current', values: new Map(), lxc: [], deletes: [] };
  const sections: OpenSection[] = [open];
  const add = (number: number, kind: ConfigLineKind, more: Partial<ConfigLine> = {}) => {
    lines.push({ raw: raw[number - 1] ?? '', kind, section: sections.length - 1, ...more });
  };
  const finish = () => {
    const description = open.comment === undefined ? undefined : descriptionOf(open.comment);
    if (description !== undefined) open.description = description;
    delete open.comment;
  };
  scan(text, {
    section(number, kind, name) {
      finish();
      open = { kind, name, values: new Map(), lxc: [], deletes: [] };
      sections.push(open);
      add(number, 'section');
    },
    unknownSection(number, name) {
      const warning = `skipping unknown section: '${name}'`;
      add(number, 'rejected', { rejection: { reason: 'unknown section', warning } });
    },
    description(number, part, isComment) {
      open.comment = `${open.comment ?? ''}${decodeDescription(part)}${isComment ? '\n' : ''}`;
      add(number, 'description');
    },
    key(number, key, value) {
      if (key === 'description') open.description = value;
      else open.values.set(key, value);
      add(number, 'key', { key, value });
    },
    lxc(number, key, value) {
      open.lxc.push({ key, value });
      add(number, 'lxc', { key, value });
    },
    deletes(number, value) {
      open.deletes = parsePendingDeletes(value);
      open.deletesText = value;
      add(number, 'delete', { value });
    },
    rejected(number, rejection) {
      add(number, 'rejected', { rejection });
    },
    ignored(number) {
      add(number, 'ignored');
    },
  });
  finish();
  for (let number = lines.length; number < raw.length; number++) add(number + 1, 'ignored');
  return { lines, sections };
}

/** The text of a configuration, byte for byte. */
export function printConfig(config: GuestConfig): string {
  return config.lines.map((line) => line.raw).join('\n');
}

/** Splits the value of `delete:` (pve-guest-common AbstractConfig.pm parse_pending_delete). */
export function parsePendingDeletes(value: string): readonly PendingDelete[] {
  const entries = perlTrim(value.replace(/[,;]/g, ' ')).split(/[ \t\n\v\f\r]+/);
  return entries.filter((entry) => entry !== '').map((entry) => ({ key: entry.replace(/^!/, ''), force: entry.startsWith('!') }));
}

/** The section of what runs now (or ran last). */
export function currentSection(config: GuestConfig): ConfigSection {
  return config.sections[0] ?? { kind: 'current', name: 'current', values: new Map(), lxc: [], deletes: [] };
}

/** The pending section that counts, or undefined. */
export function pendingSection(config: GuestConfig): ConfigSection | undefined {
  const pending = config.sections.filter((section) => section.kind === 'pending');
  return pending[pending.length - 1];
}

/** The snapshots; of two with one name the last. */
export function snapshotSections(config: GuestConfig): readonly ConfigSection[] {
  const byName = new Map(config.sections.filter((one) => one.kind === 'snapshot').map((one) => [one.name, one]));
  return [...byName.values()];
}

/** The value of a key as the next start will see it: pending changes applied. Undefined when it is not set then. */
export function nextConfigValue(config: GuestConfig, key: string): string | undefined {
  const pending = pendingSection(config);
  const current = currentSection(config).values.get(key);
  if (pending === undefined) return current;
  return pending.values.get(key) ?? (pending.deletes.some((entry) => entry.key === key) ? undefined : current);
}

/** The lines that PVE drops at its next write, with their number. */
export function rejectedLines(config: GuestConfig): readonly { readonly line: number; readonly rejection: Rejection }[] {
  return config.lines.flatMap((line, index) =>
    line.rejection === undefined ? [] : [{ line: index + 1, rejection: line.rejection }],
  );
}
