// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPerlBlank, perlTrim } from '../text/perl-space.ts';
import type { ConfigSectionKind, ConfigSink, Rejection } from './config-document.ts';
import { isPlainDrive } from './drive-value.ts';
import { vmKeyType } from './vm-keys.ts';
import { checkVmValue } from './vm-value.ts';

/**
 * Reads a VM configuration line by line with the very decisions of PVE's parser (qemu-server QemuServer.pm parse_vm_config): what is a
 * section, a description line, a setting, what is dropped and why. A value comes as PVE keeps it (trimmed, booleans as 1 or 0).
 * Settings in `passOver` are not told at all, which saves time: disks, and settings that PVE never rejects.
 */
export function scanVmConfig(text: string, sink: ConfigSink, passOver: ReadonlySet<string> = NONE): void {
  let state: { kind: ConfigSectionKind; name: string } | null = { kind: 'current', name: 'current' };
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    number += 1;
    const first = text.charCodeAt(start);
    if (first === 0x23) {
      if (state === null) sink.ignored(number);
      else sink.description(number, text.slice(start + 1, end), true);
    } else if (passOver.size === 0 || state?.kind === 'special' || !isPassedOver(text, start, end, passOver)) {
      const line = text.slice(start, end);
      if (isPerlBlank(line)) sink.ignored(number);
      else if (first === 0x5b && line.includes(']')) {
        const header = sectionOf(line);
        if (header === undefined) {
          if (state === null) sink.ignored(number);
          else sink.rejected(number, unreadableLine(line));
        } else {
          state = header;
          if (header === null) sink.unknownSection(number, line.slice(1, line.indexOf(']')));
          else sink.section(number, header.kind, header.name);
        }
      } else if (state === null) sink.ignored(number);
      else settingLine(number, line, state, sink);
    }
    start = end + 1;
  }
}

const NONE: ReadonlySet<string> = new Set();

function isPassedOver(text: string, start: number, end: number, passOver: ReadonlySet<string>): boolean {
  const colon = text.indexOf(':', start);
  // Without a character behind the colon PVE rejects the line.
  if (colon < 0 || colon + 1 >= end) return false;
  const key = text.slice(start, colon);
  return passOver.has(key) && (vmKeyType(key) !== 'drive' || isPlainDrive(text.slice(colon + 1, end)));
}

/** The section that a header opens, null for one that PVE drops, undefined when the line is no header. */
function sectionOf(line: string): { kind: ConfigSectionKind; name: string } | null | undefined {
  const match = /^\[([^\]]*)\][\t\n\v\f\r ]*$/.exec(line);
  if (match === null) return undefined;
  const name = match[1] ?? '';
  if (/^pending$/i.test(name)) return { kind: 'pending', name: 'pending' };
  const special = /^special:(.*)$/i.exec(name)?.[1];
  if (special === 'cloudinit' || special === 'fleecing') return { kind: 'special', name: special };
  if (/^[a-z][a-z0-9_-]+$/i.test(name)) return { kind: 'snapshot', name };
  return null;
}

/** What one line with a setting is. */
type Setting =
  | { readonly is: 'key'; readonly key: string; readonly value: string }
  | { readonly is: 'description' | 'deletes'; readonly value: string }
  | { readonly is: 'ignored' }
  | { readonly is: 'rejected'; readonly rejection: Rejection };

function settingLine(number: number, line: string, section: { kind: ConfigSectionKind; name: string }, sink: ConfigSink): void {
  const setting = settingOf(line, section);
  if (setting.is === 'key') sink.key(number, setting.key, setting.value);
  else if (setting.is === 'description') sink.description(number, setting.value, false);
  else if (setting.is === 'deletes') sink.deletes(number, setting.value);
  else if (setting.is === 'rejected') sink.rejected(number, setting.rejection);
  else sink.ignored(number);
}

function settingOf(line: string, section: { kind: ConfigSectionKind; name: string }): Setting {
  const colon = colonOf(line);
  const rest = colon < 0 ? '' : line.slice(colon + 1);
  const value = perlTrim(rest);
  const key = colon < 0 ? '' : line.slice(0, colon);
  if (key === 'description' && value !== '') return { is: 'description', value };
  const state = snapshotState(line);
  // PVE forgets it in the current section only.
  if (state !== undefined) return section.kind === 'current' ? { is: 'ignored' } : { is: 'key', key: 'snapstate', value: state };
  if (key === 'args' && value !== '') return { is: 'key', key, value };
  if (key === 'delete' && value !== '') {
    if (section.kind === 'pending') return { is: 'deletes', value };
    const reason = "property 'delete' is only allowed in [PENDING]";
    return { is: 'rejected', rejection: { reason, warning: reason } };
  }
  // A value of blanks alone is one blank (the pattern needs a character); a bare colon can't be read.
  if (colon < 0 || rest === '') return { is: 'rejected', rejection: unreadableLine(line) };
  const read = value === '' ? rest.slice(-1) : value;
  if (section.kind === 'special') {
    const known = section.name === 'cloudinit' || (section.name === 'fleecing' && key === 'fleecing-images');
    return known ? { is: 'key', key, value: read } : { is: 'rejected', rejection: unknownSetting(key) };
  }
  const checked = checkVmValue(key, read);
  if (checked.ok) return { is: 'key', key: key === 'cdrom' ? 'ide2' : key, value: checked.value };
  if (vmKeyType(key) === undefined) return { is: 'rejected', rejection: unknownSetting(key) };
  const warning = `unable to parse value of '${key}' - ${checked.reason}`;
  return { is: 'rejected', rejection: { key, reason: checked.reason, warning } };
}

/** The state of a snapshot under way, anywhere in a line, as PVE's pattern has it. */
export function snapshotState(line: string): string | undefined {
  return line.includes('snapstate:') ? /snapstate:\s*(prepare|delete)\s*$/.exec(line)?.[1] : undefined;
}

function unknownSetting(key: string): Rejection {
  return { reason: 'unknown setting', warning: `unable to parse value of '${key}' - unknown setting '${key}'` };
}

function unreadableLine(line: string): Rejection {
  return { reason: 'unable to parse config', warning: `unable to parse config: ${line}` };
}

/** Where the colon behind a key is, or -1 when the line does not start with a key. */
function colonOf(line: string): number {
  const colon = line.indexOf(':');
  if (colon < 1) return -1;
  const key = line.slice(0, colon);
  return vmKeyType(key) !== undefined || /^[a-z][a-z_-]*[0-9]*$/.test(key) ? colon : -1;
}
