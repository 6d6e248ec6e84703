// SPDX-License-Identifier: AGPL-3.0-or-later
import { Die, parameterDie } from './perl-die.ts';
import { checkValue, parseBoolean, type ValueRule } from './value-check.ts';

/** How a command takes its arguments: fixed ones in order, and options by name. */
export interface Synopsis {
  readonly fixed: readonly string[];
  /** Names of options, for abbreviations and messages. */
  readonly names: readonly string[];
  readonly rule: (name: string) => ValueRule | undefined;
  readonly required?: readonly string[];
}

/** Parsed and checked parameters by name, in the order given; an array parameter holds its values joined by NUL. */
export type Parameters = Map<string, string>;

/** Reads arguments as PVE does (Getopt::Long through PVE::JSONSchema `get_options`), and checks every value. */
export function getOptions(synopsis: Synopsis, args: readonly string[], warn: (text: string) => void): Parameters {
  const found: Parameters = new Map();
  const fixed: string[] = [];
  let bad = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const option = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word);
    if (option === null || word === '-') {
      fixed.push(word);
      continue;
    }
    const name = resolve(synopsis, option[1] ?? '', warn);
    if (name === undefined) {
      bad = true;
      continue;
    }
    const rule = synopsis.rule(name);
    let value = option[2] ?? args[at + 1];
    const flag = rule?.type === 'boolean';
    if (option[2] === undefined && !(flag && (value === undefined || value.startsWith('-')))) at += 1;
    else if (option[2] === undefined) value = '1';
    if (value === undefined) {
      warn(`Option ${name} requires an argument\n`);
      bad = true;
      continue;
    }
    const before = found.get(name);
    found.set(name, rule?.type === 'array' && before !== undefined ? `${before}\0${value}` : value);
  }
  if (bad) throw new Die('400 unable to parse option\n');
  if (fixed.length > synopsis.fixed.length) throw new Die('400 too many arguments\n');
  if (fixed.length < synopsis.fixed.length) throw new Die('400 not enough arguments\n');
  for (const [at, name] of synopsis.fixed.entries()) found.set(name, fixed[at] ?? '');
  return checkParameters(synopsis, found);
}

function resolve(synopsis: Synopsis, word: string, warn: (text: string) => void): string | undefined {
  if (synopsis.rule(word) !== undefined && !synopsis.fixed.includes(word)) return word;
  const starting = synopsis.names.filter((name) => name.startsWith(word) && !name.endsWith('[n]')).sort();
  if (starting.length === 1 && starting[0] !== undefined && synopsis.rule(starting[0]) !== undefined) return starting[0];
  if (starting.length > 1) warn(`Option ${word} is ambiguous (${starting.join(', ')})\n`);
  else warn(`Unknown option: ${word}\n`);
  return undefined;
}

/** Checks parameters against the schema; dies with a message for each that is wrong. Booleans become 1 or 0. */
export function checkParameters(synopsis: Pick<Synopsis, 'rule' | 'required'>, parameters: Parameters): Parameters {
  const faults: { [name: string]: string } = {};
  for (const [name, value] of parameters) {
    const rule = synopsis.rule(name);
    if (rule === undefined)
      faults[name] = 'property is not defined in schema and the schema does not allow additional properties';
    else if (rule.type === 'array')
      for (const [at, one] of value.split('\0').entries()) {
        for (const [path, message] of checkValue({ ...rule, type: 'string' }, one, `${name}[${at}]`)) faults[path] = message;
      }
    else {
      for (const [path, message] of checkValue(rule, value, name)) faults[path] = message;
      if (rule.type === 'boolean') parameters.set(name, String(parseBoolean(value) ?? value));
    }
  }
  for (const name of synopsis.required ?? [])
    if (!parameters.has(name)) faults[name] = 'property is missing and it is not optional';
  if (parameters.has('force') && !parameters.has('delete') && synopsis.rule('delete') !== undefined)
    faults.delete = "missing property required by 'force'";
  if (Object.keys(faults).length > 0) throw parameterDie(faults);
  return parameters;
}
