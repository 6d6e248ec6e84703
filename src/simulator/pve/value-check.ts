// SPDX-License-Identifier: AGPL-3.0-or-later

/** The rule of one value in PVE's JSON schema. */
export interface ValueRule {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  /** A named format: answers the message of its refusal, or undefined. */
  readonly format?: (value: string) => string | undefined;
  /** A property string: `a=1,b=2`. */
  readonly properties?: PropertyRules;
}

/** A property string's keys (PVE::JSONSchema `parse_property_string`). */
export interface PropertyRules {
  readonly defaultKey?: string;
  readonly required?: readonly string[];
  readonly keys: { readonly [key: string]: ValueRule };
}

const TRUE = /^(1|on|yes|true)$/i;
const FALSE = /^(0|off|no|false)$/i;

/** PVE's reading of a boolean: 1 or 0, or undefined when it is none. */
export function parseBoolean(text: string): 0 | 1 | undefined {
  if (TRUE.test(text)) return 1;
  return FALSE.test(text) ? 0 : undefined;
}

/** Checks a value; answers PVE's messages by path, empty when it is accepted. Format messages end with a line end. */
export function checkValue(rule: ValueRule, value: string, path: string): Map<string, string> {
  const refuse = (message: string) => new Map([[path, message]]);
  const type = typeFault(rule.type, value);
  if (type !== undefined) return refuse(type);
  if (rule.maxLength !== undefined && value.length > rule.maxLength)
    return refuse(`value may only be ${rule.maxLength} characters long`);
  if (rule.values !== undefined && !rule.values.includes(value))
    return refuse(`value '${value}' does not have a value in the enumeration '${rule.values.join(', ')}'`);
  if (rule.pattern !== undefined && !rule.pattern.test(value)) return refuse('value does not match the regex pattern');
  if (rule.min !== undefined && Number(value) < rule.min) return refuse(`value must have a minimum value of ${rule.min}`);
  if (rule.max !== undefined && Number(value) > rule.max) return refuse(`value must have a maximum value of ${rule.max}`);
  const format = rule.format?.(value) ?? propertyFault(rule.properties, value, path);
  return format === undefined ? new Map() : refuse(`invalid format - ${endLine(format)}`);
}

/** The text with one line end at least, as Perl's `die` messages have it. */
export function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** What PVE's configuration parser says about a value (QemuServer.pm `check_type`), or undefined when it takes it. */
export function configFault(rule: ValueRule, value: string): string | undefined {
  if (/[\n\r]/.test(value)) return 'property contains a line feed\n';
  const faults = checkValue(rule, value, '');
  const text = faults.get('');
  return text === undefined ? undefined : endLine(text.replace(/^invalid format - /, ''));
}

function typeFault(type: ValueRule['type'], value: string): string | undefined {
  const good =
    type === 'integer'
      ? /^[+-]?\d+$/.test(value)
      : type === 'number'
        ? /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)
        : type !== 'boolean' || parseBoolean(value) !== undefined;
  return good ? undefined : `type check ('${type}') failed - got '${value}'`;
}

function propertyFault(rules: PropertyRules | undefined, value: string, path: string): string | undefined {
  if (rules === undefined || value === '') return undefined;
  const parsed = splitProperties(rules, value);
  if (typeof parsed === 'string') return parsed;
  const faults = propertyFaults(rules, parsed, path);
  if (faults.size === 0) return undefined;
  const lines = [...faults].sort(([a], [b]) => (a < b ? -1 : 1));
  return `format error\n${lines.map(([name, text]) => `${name}: ${text}\n`).join('')}`;
}

/** The faults of parsed properties by path (`path.key`, or `key` alone with an empty path). */
export function propertyFaults(rules: PropertyRules, parsed: ReadonlyMap<string, string>, path: string): Map<string, string> {
  const faults = new Map<string, string>();
  const name = (key: string) => (path === '' ? key : `${path}.${key}`);
  for (const key of rules.required ?? [])
    if (!parsed.has(key)) faults.set(name(key), 'property is missing and it is not optional');
  for (const [key, value] of parsed) {
    const rule = rules.keys[key];
    if (rule === undefined)
      faults.set(name(key), 'property is not defined in schema and the schema does not allow additional properties');
    else for (const [at, message] of checkValue(rule, value, name(key))) faults.set(at, message);
  }
  return faults;
}

/** Splits a property string as PVE does; a text is the message of its refusal. */
export function splitProperties(rules: PropertyRules, value: string): Map<string, string> | string {
  const found = new Map<string, string>();
  for (const part of value.split(',')) {
    const text = part.trim();
    if (text === '') continue;
    const pair = /^([^=]+)=(.+)$/.exec(text);
    const key = pair?.[1] ?? (text.includes('=') ? undefined : rules.defaultKey);
    if (key === undefined)
      return text.includes('=')
        ? 'missing key in comma-separated list property'
        : 'value without key, but schema does not define a default key';
    if (found.has(key)) return `duplicate key in comma-separated list property: ${key}`;
    found.set(key, pair?.[2] ?? text);
  }
  return found;
}
