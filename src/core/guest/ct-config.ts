// SPDX-License-Identifier: AGPL-3.0-or-later
import { buildConfig, type ConfigSection, type GuestConfig, pendingSection, snapshotSections } from './config-document.ts';
import { scanCtConfig } from './ct-scan.ts';
import { encodeDescription } from './description-text.ts';

/** Reads a container's configuration as PVE does, without losing a byte of it (`printConfig`). Nothing is refused. */
export function parseCtConfig(text: string): GuestConfig {
  return buildConfig(text, scanCtConfig, (decoded) => (isFalse(decoded) ? undefined : decoded));
}

/** Perl takes a text of "0" alone for empty. */
function isFalse(text: string): boolean {
  return text === '' || text === '0';
}

/** What PVE's writer makes of a container's file without any change (pve-container LXC/Config.pm write_pct_config). */
export function canonicalCtConfig(text: string): string {
  const config = parseCtConfig(text);
  const [current] = config.sections;
  const pending = pendingSection(config);
  let out = current === undefined ? '' : body(config, current);
  if (pending !== undefined && !isEmpty(pending)) out += `\n[pve:pending]\n${body(config, pending)}`;
  const snapshots = [...snapshotSections(config)].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const section of snapshots) out += `\n[${section.name}]\n${body(config, section)}`;
  return out;
}

const RUNTIME = 'lxc.environment.runtime';

function body(config: GuestConfig, section: ConfigSection): string {
  const description = (section.description ?? '').replace(/\n+$/, '');
  const lines = description === '' ? [] : description.split('\n').map((line) => `#${encodeDescription(line)}`);
  const values = new Map(section.values);
  values.delete('env');
  if (section.kind === 'current') values.delete('snapstate');
  if (section.deletesText !== undefined) values.set('delete', section.deletesText);
  for (const key of [...values.keys()].sort()) {
    const value = values.get(key) ?? '';
    if (section.kind !== 'current' || !isUsedUnused(key, value, section)) lines.push(`${key}: ${value}`);
  }
  for (const value of environmentOf(config, section)) lines.push(`${RUNTIME}: ${value}`);
  for (const one of section.lxc) if (one.key !== RUNTIME) lines.push(`${one.key}: ${one.value}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** The variables of a section: an `env:` line starts the list anew, each raw runtime line adds to it. */
function environmentOf(config: GuestConfig, section: ConfigSection): readonly string[] {
  const index = config.sections.indexOf(section);
  let variables: string[] = [];
  for (const line of config.lines) {
    if (line.section !== index) continue;
    if (line.kind === 'key' && line.key === 'env') variables = (line.value ?? '').split('\0');
    if (line.kind === 'lxc' && line.key === RUNTIME) variables.push(line.value ?? '');
  }
  return variables.filter((variable) => variable !== '');
}

function isEmpty(section: ConfigSection): boolean {
  return (
    section.values.size === 0 &&
    section.deletesText === undefined &&
    section.description === undefined &&
    section.lxc.length === 0
  );
}

function isUsedUnused(key: string, value: string, section: ConfigSection): boolean {
  if (!key.startsWith('unused')) return false;
  return [...section.values].some(([other, text]) => /^(?:rootfs|mp\d+)$/.test(other) && text.split(',', 1)[0] === value);
}
