// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommanderError } from 'commander';
import type { Problem } from '../core/problem.ts';
import type { CommandSpec } from './command.ts';

/** What the argument parser found wrong with a command line, in the form of every other failure. */
export function usageProblem(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  argv: readonly string[],
  commands: readonly CommandSpec[],
): Problem {
  const { words, spec } = commandOf(argv, commands);
  const own = ['pveigpu', ...words].join(' ');
  if (code === 'commander.help') {
    const names = (spec?.sub ?? commands).filter(({ hidden }) => hidden !== true).map(({ name }) => name);
    return { code: 'usage', message: `${own} needs a command: ${names.join(', ')}.`, hint: `${own} --help says what each does.` };
  }
  const [said = '', ...more] = message.replace(/^error: /, '').split('\n');
  const suggestion = /Did you mean (?:one of )?([^?]+)\?/.exec(more.join(' '))?.[1];
  return {
    code: 'usage',
    message: `${said.charAt(0).toUpperCase()}${said.slice(1)}${said.endsWith('.') ? '' : '.'}`,
    hint: suggestion === undefined ? `See ${own} --help` : `Did you mean ${suggestion}?`,
  };
}

/** The command that a line names, as far as it names one. */
function commandOf(
  argv: readonly string[],
  commands: readonly CommandSpec[],
): { readonly words: readonly string[]; readonly spec?: CommandSpec } {
  const spec = commands.find(({ name }) => name === argv.find((word) => commands.some((one) => one.name === word)));
  if (spec === undefined) return { words: [] };
  const rest = argv.slice(argv.indexOf(spec.name) + 1);
  const inner = commandOf(rest, spec.sub ?? []);
  return { words: [spec.name, ...inner.words], spec: inner.spec ?? spec };
}
