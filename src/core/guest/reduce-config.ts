// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';
import { type ConfigLine, parsePendingDeletes } from './config-document.ts';
import { parseCtConfig } from './ct-config.ts';
import { keptKey, keptLxc, keptValue } from './kept-keys.ts';
import { parseVmConfig } from './vm-config.ts';
import { vmKeyType } from './vm-keys.ts';

/**
 * The text of a configuration with only what facts keep, line by line, so that line numbers stay: facts of the reduced text equal facts
 * of the full one, and reducing twice is reducing once. Everything else becomes an empty line.
 */
export function reduceGuestConfig(kind: GuestKind, text: string): string {
  const config = kind === 'qemu' ? parseVmConfig(text) : parseCtConfig(text);
  return config.lines.map((line) => reducedLine(kind, line)).join('\n');
}

function reducedLine(kind: GuestKind, line: ConfigLine): string {
  const { key = '', value = '' } = line;
  switch (line.kind) {
    case 'section':
      return line.raw.slice(0, line.raw.indexOf(']') + 1);
    case 'key':
      return keptKey(kind, key) ? `${key}: ${keptValue(key, value)}` : '';
    case 'lxc':
      return keptLxc(key, value) ? `${key}: ${value}` : '';
    case 'delete': {
      const kept = parsePendingDeletes(value).filter((one) => keptKey(kind, one.key));
      // A later `delete:` replaces an earlier one, so one that names nothing of ours must stay a line.
      return `delete: ${kept.map((one) => `${one.force ? '!' : ''}${one.key}`).join(',') || ','}`;
    }
    case 'rejected':
      return rejectedLine(line);
    default:
      return '';
  }
}

/** A line that PVE rejects in the same way and that says nothing. */
function rejectedLine(line: ConfigLine): string {
  if (line.rejection?.reason === 'unknown section') return '[?]';
  const key = line.rejection?.key;
  if (key === undefined) return '?';
  // A disk without a volume is no disk; every other kind of setting refuses a question mark.
  return vmKeyType(key) === 'drive' ? `${key}: media=cdrom` : `${key}: ?`;
}
