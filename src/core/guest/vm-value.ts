// SPDX-License-Identifier: AGPL-3.0-or-later
import { perlTrim } from '../text/perl-space.ts';
import { normalDrive } from './drive-value.ts';
import { HOSTPCI_FORMAT } from './hostpci.ts';
import { isConfigId, isVolumeId, type PropertyFormat, parseBoolean, parsePropertyString } from './property-string.ts';
import { vmKeyType } from './vm-keys.ts';

/** A value as PVE keeps it after reading, or why it drops the line. */
export type CheckedValue = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };

/**
 * PVE's check of a value on reading and writing (qemu-server QemuServer.pm check_type): booleans become 1 or 0, integers lose leading
 * zeros, strings without a format lose one pair of double quotes around the whole. Formats are checked for the settings that decide
 * about passthrough; other formats (disks' options, network cards, processors) are taken as they are.
 */
export function checkVmValue(key: string, value: string): CheckedValue {
  switch (vmKeyType(key)) {
    case undefined:
      return refuse(`unknown setting '${key}'`);
    case 'boolean': {
      const flag = parseBoolean(value);
      return flag === undefined ? refuse(`type check ('boolean') failed - got '${value}'`) : accept(flag ? '1' : '0');
    }
    case 'integer':
      return /^\d+$/.test(value) ? accept(plainInteger(value)) : refuse(`type check ('integer') failed - got '${value}'`);
    case 'number':
      return /^\d+(?:\.\d+)?$/.test(value) ? accept(value) : refuse(`type check ('number') failed - got '${value}'`);
    case 'string':
      return accept(value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);
    case 'drive': {
      const drive = normalDrive(value);
      return drive === undefined ? refuse('format error') : accept(drive);
    }
    default:
      return checkFormat(key, value);
  }
}

/** Whether PVE's check as it is modelled here takes any value of a setting, or nearly any (a disk needs a volume). */
export function takesAnyValue(key: string): boolean {
  const type = vmKeyType(key);
  if (type !== 'format') return type === 'string' || type === 'drive';
  return !key.startsWith('hostpci') && PROPERTY_FORMATS[key] === undefined && !['hookscript', 'parent', 'tags'].includes(key);
}

const VGA_TYPE = /^(?:cirrus|qxl[234]?|none|serial[0-3]|std|virtio|virtio-gl|vmware)$/;
const MACHINE_TYPE =
  /^(?:pc|pc(?:-i440fx)?-\d+(?:\.\d+)+(?:\+pve\d+)?(?:\.pxe)?|q35|pc-q35-\d+(?:\.\d+)+(?:\+pve\d+)?(?:\.pxe)?|virt(?:-\d+(?:\.\d+)+)?(?:\+pve\d+)?)$/;
const MACHINE: PropertyFormat = {
  defaultKey: 'type',
  types: {
    type: MACHINE_TYPE,
    viommu: /^(?:intel|virtio)$/,
    'aw-bits': 'number',
    'enable-s3': 'boolean',
    'enable-s4': 'boolean',
  },
};

/** Formats of the settings that matter here, as property strings (qemu-server QemuServer.pm, Machine.pm, Memory.pm, Agent.pm). */
const PROPERTY_FORMATS: { readonly [key: string]: PropertyFormat } = {
  agent: {
    defaultKey: 'enabled',
    types: {
      enabled: 'boolean',
      type: /^(?:virtio|isa)$/,
      fstrim_cloned_disks: 'boolean',
      'freeze-fs-on-backup': 'boolean',
      'freeze-fs': 'boolean',
      'guest-fsfreeze': 'boolean',
    },
  },
  boot: { defaultKey: 'legacy', types: { legacy: /^[acdn]{1,4}$/, order: 'string' } },
  machine: MACHINE,
  memory: { defaultKey: 'current', types: { current: 'integer' } },
  runningmachine: MACHINE,
  vga: { defaultKey: 'type', types: { type: VGA_TYPE, memory: 'integer', clipboard: /^vnc$/ } },
};

function checkFormat(key: string, value: string): CheckedValue {
  const format = key.startsWith('hostpci') ? HOSTPCI_FORMAT : PROPERTY_FORMATS[key];
  if (format !== undefined) {
    const parsed = parsePropertyString(value, format);
    return parsed.ok ? accept(value) : refuse(`format error: ${parsed.reason}`);
  }
  if (key === 'hookscript') return isVolumeId(value) ? accept(value) : refuse('unable to parse volume ID');
  if (key === 'parent') return isConfigId(value) ? accept(value) : refuse('invalid configuration ID');
  if (key === 'tags') return splitTags(value).every(isTag) ? accept(value) : refuse('invalid characters in tag');
  return accept(value);
}

/** Splits a list as pve-common does: at commas, semicolons and white space. */
export function splitTags(value: string): readonly string[] {
  return perlTrim(value.replace(/[,;\0]/g, ' '))
    .split(/[ \t\n\v\f\r]+/)
    .filter((tag) => tag !== '');
}

function isTag(tag: string): boolean {
  return /^[a-z0-9_][a-z0-9_\-+.]*$/i.test(tag);
}

function plainInteger(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

function accept(value: string): CheckedValue {
  return { ok: true, value };
}

function refuse(reason: string): CheckedValue {
  return { ok: false, reason };
}
