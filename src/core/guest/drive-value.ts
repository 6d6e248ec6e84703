// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPerlBlank } from '../text/perl-space.ts';

/** Options of very old disks that PVE drops on reading (qemu-server Drive.pm DROPPED_PROPERTIES). */
const DROPPED: ReadonlySet<string> = new Set(['cyls', 'heads', 'secs', 'trans']);

/** Options with a yes or no (qemu-server Drive.pm); PVE writes them as 1 or 0. */
const FLAGS: ReadonlySet<string> = new Set([
  'backup',
  'detect_zeroes',
  'iothread',
  'replicate',
  'ro',
  'scsiblock',
  'shared',
  'snapshot',
  'ssd',
]);

/**
 * A disk's value as PVE writes it after reading (qemu-server Drive.pm parse_drive and print_drive): the volume first, then the options
 * sorted, sizes in the largest whole unit. Undefined when it names no volume or an option twice.
 */
export function normalDrive(value: string): string | undefined {
  let file: string | undefined;
  const options = new Map<string, string>();
  for (const part of value.split(',')) {
    if (isPerlBlank(part)) continue;
    const equals = part.indexOf('=');
    const key = equals < 0 ? 'file' : part.slice(0, equals);
    const text = part.slice(equals + 1);
    if (DROPPED.has(key)) continue;
    if (key === 'file' || key === 'volume') {
      if (file !== undefined) return undefined;
      file = text;
    } else {
      if (options.has(key)) return undefined;
      options.set(key, normalOption(key, text));
    }
  }
  if (file === undefined) return undefined;
  return [file, ...[...options.keys()].sort().map((key) => `${key}=${options.get(key) ?? ''}`)].join(',');
}

/**
 * Whether a disk's value is surely one that {@link normalDrive} takes: a volume first, then options that are each named once. False means
 * "look closely". Thousands of disks are read for facts that keep nothing of them.
 */
export function isPlainDrive(value: string): boolean {
  let comma = value.indexOf(',');
  const first = comma < 0 ? value : value.slice(0, comma);
  if (first.includes('=') || isPerlBlank(first)) return false;
  while (comma >= 0) {
    const equals = value.indexOf('=', comma);
    const next = value.indexOf(',', comma + 1);
    if (equals < 0 || (next >= 0 && equals > next)) return false;
    const name = value.slice(comma, equals + 1);
    if (name === ',file=' || name === ',volume=' || value.indexOf(name, equals) >= 0) return false;
    comma = next;
  }
  return true;
}

/** Whether a disk's value is a cloud-init drive (qemu-server Drive.pm drive_is_cloudinit). */
export function isCloudInitDrive(value: string): boolean {
  const file = value.split(',', 1)[0] ?? '';
  return /[:/](?:vm-\d+-)?cloudinit(?:\.(?:raw|qcow2?|qed|vmdk|cloop))?$/.test(file);
}

function normalOption(key: string, text: string): string {
  if (key === 'size') return normalSize(text);
  if (!FLAGS.has(key)) return text;
  if (/^(?:1|on|yes|true)$/i.test(text)) return '1';
  return /^(?:0|off|no|false)$/i.test(text) ? '0' : text;
}

const UNITS = ['', 'K', 'M', 'G', 'T'];

function normalSize(text: string): string {
  const match = /^(\d+(?:\.\d+)?)([KMGT])?(?:iB)?$/.exec(text);
  if (match === null) return text;
  let size = Math.trunc(Number(match[1]) * 1024 ** UNITS.indexOf(match[2] ?? ''));
  let unit = 0;
  while (unit < UNITS.length - 1 && size % 1024 === 0) {
    size /= 1024;
    unit += 1;
  }
  return `${size}${UNITS[unit] ?? ''}`;
}
