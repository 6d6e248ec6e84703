// SPDX-License-Identifier: AGPL-3.0-or-later
import { buildConfig, type ConfigSection, type GuestConfig, pendingSection, snapshotSections } from './config-document.ts';
import { scanCtConfig } from './ct-scan.ts';
import { encodeDescription } from './description-text.ts';

/** Reads a container's configuration as PVE does, without losing a byte of it (`printConfig`). Nothing is refused. */
export function parseCtConfig(text: string): GuestConfig {
  return buildConfig(text, scanCtConfig, (decoded) => (decoded === '' ? undefined : decoded));
}

/** What PVE's writer makes of a container's file without any change (pve-container LXC/Config.pm write_pct_config). */
export function canonicalCtConfig(text: string): string {
  const config = parseCtConfig(text);
  const [current] = config.sections;
  const pending = pendingSection(config);
  let out = current === undefined ? '' : body(current, (key, value) => !isUsedUnused(key, value, current));
  if (pending !== undefined && !isEmpty(pending)) out += `\n[pve:pending]\n${body(pending)}`;
  const snapshots = [...snapshotSections(config)].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const section of snapshots) out += `\n[${section.name}]\n${body(section)}`;
  return out;
}

function body(section: ConfigSection, keep: (key: string, value: string) => boolean = () => true): string {
  const description = (section.description ?? '').replace(/\n+$/, '');
  const lines = description === '' ? [] : description.split('\n').map((line) => `#${encodeDescription(line)}`);
  const values = new Map(section.values);
  if (section.deletes.length > 0)
    values.set('delete', section.deletes.map((one) => `${one.force ? '!' : ''}${one.key}`).join(','));
  for (const key of [...values.keys()].sort()) {
    const value = values.get(key) ?? '';
    if (keep(key, value)) lines.push(`${key}: ${value}`);
  }
  const isEnv = (key: string) => key === 'lxc.environment.runtime';
  for (const one of section.lxc) if (isEnv(one.key)) lines.push(`${one.key}: ${one.value}`);
  for (const one of section.lxc) if (!isEnv(one.key)) lines.push(`${one.key}: ${one.value}`);
  return lines.map((line) => `${line}\n`).join('');
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
