// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPerlBlank } from '../text/perl-space.ts';

/** What a property's value must look like. A RegExp must match the whole value. */
export type PropertyType = 'boolean' | 'integer' | 'number' | 'string' | 'configid' | 'volid' | RegExp;

export interface PropertyFormat {
  /** The key that a part without `=` stands for. */
  readonly defaultKey?: string;
  readonly types: { readonly [key: string]: PropertyType };
}

/** One part between commas, as it stands (`raw`). A blank part has no key and means nothing. */
export interface PropertyPart {
  readonly key: string | null;
  readonly value: string;
  readonly raw: string;
}

export type PropertyParse =
  | { readonly ok: true; readonly parts: readonly PropertyPart[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Splits a PVE property string (`a,b=c`) as pve-common JSONSchema.pm parse_property_string does, with its reasons for refusal. Joining
 * the raw parts with commas gives the text back byte for byte.
 */
export function parsePropertyString(text: string, format: PropertyFormat): PropertyParse {
  const parts: PropertyPart[] = [];
  const seen = new Set<string>();
  for (const raw of text.split(',')) {
    if (isPerlBlank(raw)) {
      parts.push({ key: null, value: '', raw });
      continue;
    }
    const equals = raw.indexOf('=');
    if (equals === 0 || equals === raw.length - 1) return refuse(`missing key or value in "${raw}"`);
    const key = equals < 0 ? format.defaultKey : raw.slice(0, equals);
    if (key === undefined) return refuse(`value without key: "${raw}"`);
    const type = Object.hasOwn(format.types, key) ? format.types[key] : undefined;
    if (type === undefined) return refuse(`"${key}" is no property of it`);
    if (seen.has(key)) return refuse(`duplicate key "${key}"`);
    seen.add(key);
    const value = equals < 0 ? raw : raw.slice(equals + 1);
    if (!matchesType(value, type)) return refuse(`"${value}" is no value for "${key}"`);
    parts.push({ key, value, raw });
  }
  return { ok: true, parts };
}

/** PVE's reading of a boolean: 1/on/yes/true and 0/off/no/false in any case, else undefined. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:1|on|yes|true)$/i.test(text)) return true;
  if (/^(?:0|off|no|false)$/i.test(text)) return false;
  return undefined;
}

/** Whether a text is a PVE configuration id (pve-common JSONSchema.pm CONFIGID_RE): a letter, then at least one of `a-z0-9_-`. */
export function isConfigId(text: string): boolean {
  return /^[a-z][a-z0-9_-]+$/i.test(text);
}

function refuse(reason: string): PropertyParse {
  return { ok: false, reason };
}

function matchesType(value: string, type: PropertyType): boolean {
  if (type instanceof RegExp) return type.test(value);
  switch (type) {
    case 'boolean':
      return parseBoolean(value) !== undefined;
    case 'integer':
      return /^[+-]?\d+$/.test(value);
    case 'number':
      return /^[+-]?\d+(?:\.\d+)?$/.test(value);
    case 'configid':
      return isConfigId(value);
    case 'volid':
      return isVolumeId(value);
    default:
      return true;
  }
}

/** Whether a text is a volume id, `storage:volume` (pve-storage parse_volume_id). */
export function isVolumeId(text: string): boolean {
  return /^[a-z][a-z0-9\-_.]*[a-z0-9]:[^\n]+$/i.test(text);
}
