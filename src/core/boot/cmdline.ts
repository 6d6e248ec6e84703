// SPDX-License-Identifier: AGPL-3.0-or-later

/** One parameter of a kernel command line; `value` is null for a bare word. */
export interface CmdlineParameter {
  readonly name: string;
  readonly value: string | null;
}

/** A kernel command line as the kernel splits it. */
export interface Cmdline {
  readonly parameters: readonly CmdlineParameter[];
  /** What stands after `--`: it goes to init and is no kernel parameter. */
  readonly initArguments: readonly string[];
}

const SPACE = /[ \t\n\v\f\r]/;

/**
 * Splits a command line by the kernel's rules (kernel lib/cmdline.c, next_arg): words end at white space outside double
 * quotes, the first `=` divides, quotes around the word or the value go. Total: every text has an answer.
 */
export function parseCmdline(text: string): Cmdline {
  const parameters: CmdlineParameter[] = [];
  let rest = skipSpaces(text);
  while (rest !== '') {
    const word = nextWord(rest);
    rest = skipSpaces(rest.slice(word.length));
    const parameter = parameterOf(word);
    if (parameter.name === '--' && parameter.value === null) return { parameters, initArguments: wordsOf(rest) };
    parameters.push(parameter);
  }
  return { parameters, initArguments: [] };
}

/** Writes parameters so that {@link parseCmdline} gives them back; a value with white space or a leading quote is quoted. */
export function printParameters(parameters: readonly CmdlineParameter[]): string {
  return parameters.map(({ name, value }) => (value === null ? quoted(name) : `${name}=${quoted(value)}`)).join(' ');
}

/** The value that counts for a parameter, the last one; null for a bare word, undefined when it is not there. */
export function lastValue(cmdline: Cmdline, name: string): string | null | undefined {
  return allValues(cmdline, name).at(-1);
}

/** All values of a parameter in order, `-` and `_` in names being the same to the kernel (kernel/params.c, parameq). */
export function allValues(cmdline: Cmdline, name: string): readonly (string | null)[] {
  const wanted = dashless(name);
  return cmdline.parameters.filter((parameter) => dashless(parameter.name) === wanted).map((parameter) => parameter.value);
}

/** The value that `module.parameter=` gives, the last one; null for a bare word, undefined when it is not there. */
export function moduleParameter(cmdline: Cmdline, module: string, parameter: string): string | null | undefined {
  return lastValue(cmdline, `${module}.${parameter}`);
}

/** All `module.*` parameters, last one winning, names with `_`. */
export function moduleParameters(cmdline: Cmdline, module: string): { readonly [name: string]: string | null } {
  const prefix = `${dashless(module)}.`;
  return Object.fromEntries(
    cmdline.parameters
      .filter(({ name }) => dashless(name).startsWith(prefix))
      .map(({ name, value }) => [dashless(name).slice(prefix.length), value]),
  );
}

/**
 * Modules that the command line forbids: `module_blacklist=` refuses every load (kernel/module/main.c; the last one counts),
 * `modprobe.blacklist=` only loads by alias (kmod; all of them count). Names with `_`.
 */
export function blacklistedModules(cmdline: Cmdline): {
  readonly refused: readonly string[];
  readonly noAutoload: readonly string[];
} {
  const split = (value: string | null | undefined) => (value ?? '').split(',').map(dashless).filter(Boolean);
  return {
    refused: split(lastValue(cmdline, 'module_blacklist')),
    noAutoload: allValues(cmdline, 'modprobe.blacklist').flatMap(split),
  };
}

function dashless(name: string): string {
  return name.replaceAll('-', '_');
}

function skipSpaces(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+/, '');
}

function nextWord(text: string): string {
  let inQuote = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? '';
    if (!inQuote && SPACE.test(character)) return text.slice(0, i);
    if (character === '"') inQuote = !inQuote;
  }
  return text;
}

function parameterOf(raw: string): CmdlineParameter {
  const quotedWord = raw.startsWith('"');
  let word = quotedWord ? raw.slice(1) : raw;
  const equals = word.indexOf('=', 1);
  if (equals < 0) {
    if (quotedWord && word.endsWith('"')) word = word.slice(0, -1);
    return { name: word, value: null };
  }
  const name = word.slice(0, equals);
  let value = word.slice(equals + 1);
  // The kernel drops the final quote once, for a quoted value or for a quoted word.
  if (value.startsWith('"')) {
    value = value.slice(1);
    if (value.endsWith('"')) return { name, value: value.slice(0, -1) };
  }
  if (quotedWord && value.endsWith('"')) value = value.slice(0, -1);
  return { name, value };
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter(Boolean);
}

function quoted(text: string): string {
  return text === '' || !(SPACE.test(text) || text.startsWith('"')) ? text : `"${text}"`;
}
