// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPerlBlank, perlTrim } from '../text/perl-space.ts';
import type { ConfigSectionKind, ConfigSink, Rejection } from './config-document.ts';
import { ctKeyType, isLxcKey } from './ct-keys.ts';
import { parseBoolean } from './property-string.ts';
import { snapshotState } from './vm-scan.ts';

/**
 * Reads a container's configuration line by line with the decisions of PVE's parser (pve-container LXC/Config.pm parse_pct_config).
 * Unlike a VM's, unknown settings and wrong values are kept (with a warning), and a strange section header is only a bad line.
 */
export function scanCtConfig(text: string, sink: ConfigSink): void {
  let section: ConfigSectionKind = 'current';
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    number += 1;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.charCodeAt(0) === 0x23) sink.description(number, line.slice(1), true);
    else if (isPerlBlank(line)) sink.ignored(number);
    else {
      const header = line.startsWith('[') ? sectionOf(line) : undefined;
      if (header === undefined) settingLine(number, line, section, sink);
      else {
        section = header.kind;
        sink.section(number, header.kind, header.name);
      }
    }
  }
}

function sectionOf(line: string): { kind: ConfigSectionKind; name: string } | undefined {
  if (/^\[pve:pending\]\s*$/i.test(line)) return { kind: 'pending', name: 'pending' };
  const name = /^\[([a-z][a-z0-9_-]+)\]\s*$/i.exec(line)?.[1];
  return name === undefined ? undefined : { kind: 'snapshot', name };
}

function settingLine(number: number, line: string, section: ConfigSectionKind, sink: ConfigSink): void {
  const lxc = line.startsWith('lxc.') ? /^(lxc\.[a-z0-9_\-.]+)(?::|\s*=)([^\n]*)$/.exec(line) : null;
  if (lxc !== null) {
    const key = lxc[1] ?? '';
    if (isLxcKey(key)) sink.lxc(number, key, perlTrim(lxc[2] ?? ''));
    else sink.rejected(number, unreadableLine(line));
    return;
  }
  const match = /^([a-z][a-z_]*\d*):([^\n]+)$/.exec(line);
  const key = match?.[1] ?? '';
  const rest = match?.[2] ?? '';
  const value = perlTrim(rest);
  const state = snapshotState(line);
  if (key === 'description' && value !== '') sink.description(number, value, false);
  else if (state !== undefined) {
    if (section === 'current') sink.ignored(number);
    else sink.key(number, 'snapstate', state);
  } else if (key === 'delete' && value !== '') {
    if (section === 'pending') sink.deletes(number, value);
    else sink.rejected(number, { reason: ONLY_PENDING, warning: ONLY_PENDING });
  } else if (match === null) sink.rejected(number, unreadableLine(line));
  else sink.key(number, key, normalCtValue(key, value === '' ? rest.slice(-1) : value));
}

const ONLY_PENDING = "property 'delete' is only allowed in [pve:pending]";

function unreadableLine(line: string): Rejection {
  return { reason: 'unable to parse config', warning: `unable to parse config: ${line}` };
}

/** Booleans become 1 or 0, integers lose leading zeros; what fails PVE's check stays as it is. */
function normalCtValue(key: string, value: string): string {
  const type = ctKeyType(key);
  if (type === 'boolean') {
    const flag = parseBoolean(value);
    return flag === undefined ? value : flag ? '1' : '0';
  }
  return type === 'integer' && /^\d+$/.test(value) ? value.replace(/^0+(?=\d)/, '') : value;
}
