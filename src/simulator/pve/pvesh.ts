// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Machine } from '../machine.ts';
import { type AnswerFormat, answerText } from './answer-text.ts';
import { handlerOf, requiredOf } from './api-routes.ts';
import { findRoute, type Method, parameterRule } from './api-schema.ts';
import type { Command } from './cli.ts';
import { checkNode } from './mapping-api.ts';
import { Die } from './perl-die.ts';
import type { ValueRule } from './value-check.ts';

const METHODS: { readonly [verb: string]: Method } = { get: 'GET', set: 'PUT', create: 'POST', delete: 'DELETE' };

const FORMAT_OPTIONS: { readonly [name: string]: ValueRule } = {
  'output-format': { type: 'string', values: ['text', 'json', 'json-pretty', 'yaml'] },
  'human-readable': { type: 'boolean' },
  noborder: { type: 'boolean' },
  noheader: { type: 'boolean' },
  quiet: { type: 'boolean' },
};

/** The command that `pvesh VERB PATH` is, or the failure before its options are read. */
export function pveshCommand(machine: Machine, args: readonly string[]): { command: Command; args: readonly string[] } | Die {
  const [verb = '', path = '', ...rest] = args;
  const method = Object.hasOwn(METHODS, verb) ? METHODS[verb] : undefined;
  if (method === undefined) return new Die(`ERROR: unknown command 'pvesh ${verb}'\n`);
  const found = findRoute(method, path);
  const handler = found === undefined ? undefined : handlerOf(found.route);
  if (found === undefined || handler === undefined)
    return new Die(`No '${verb}' handler defined for '${path}'\n`, { exitCode: 1 });
  const node = found.values.get('node');
  try {
    if (node !== undefined) checkNode(machine, node);
  } catch (error) {
    if (error instanceof Die) return error;
    throw error;
  }
  const { route, values } = found;
  const required = requiredOf(route);
  const synopsis = required.map((name) => `--${name} <${parameterRule(route, name)?.type ?? 'string'}> `).join('');
  const rule = (name: string) => FORMAT_OPTIONS[name] ?? (values.has(name) ? undefined : parameterRule(route, name));
  const command: Command = {
    usage: `pvesh ${verb} <api_path> ${synopsis}[OPTIONS] [FORMAT_OPTIONS]`,
    fixed: [],
    names: [...route.parameters.filter((name) => !values.has(name)), ...Object.keys(FORMAT_OPTIONS)],
    rule,
    required,
    run: async (session, options) => {
      const format = (options.get('output-format') ?? 'text') as AnswerFormat;
      const parameters = new Map([...values, ...[...options].filter(([name]) => !Object.hasOwn(FORMAT_OPTIONS, name))]);
      const value = await handler(session, parameters);
      return options.get('quiet') === '1' || (value === null && format !== 'text' && method !== 'GET')
        ? ''
        : answerText(value, format, route.template);
    },
  };
  return { command, args: rest };
}
