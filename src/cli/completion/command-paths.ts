// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec, Completion, OptionSpec } from '../command.ts';
import { effectiveOptions, GLOBAL_OPTIONS } from '../effective-options.ts';

/** A command by its words (`vf create`), with everything that can be completed after it. */
export interface CommandPath {
  readonly words: readonly string[];
  readonly summary: string;
  readonly subs: readonly CommandSpec[];
  readonly options: readonly CompletableOption[];
  readonly positionals: readonly Completion[];
}

export interface CompletableOption {
  readonly long: string;
  readonly description: string;
  /** Undefined for an option without a value. */
  readonly value: Completion | undefined;
}

const ALWAYS: readonly OptionSpec[] = [...GLOBAL_OPTIONS, { flags: '--help', description: 'print help' }];

/** Every visible command and sub-command of the table, parents before children. */
export function commandPaths(commands: readonly CommandSpec[], before: readonly string[] = []): CommandPath[] {
  return commands
    .filter((spec) => spec.hidden !== true)
    .flatMap((spec) => {
      const words = [...before, spec.name];
      const own = spec.sub === undefined ? [...effectiveOptions(spec), ...ALWAYS] : ALWAYS;
      const path: CommandPath = {
        words,
        summary: spec.summary,
        subs: spec.sub ?? [],
        options: own.map(completable),
        positionals: (spec.arguments ?? []).map(({ complete }) => complete ?? 'none'),
      };
      return [path, ...commandPaths(spec.sub ?? [], words)];
    });
}

/** What can stand before any command. */
export const GENERAL_OPTIONS: readonly CompletableOption[] = [
  ...ALWAYS,
  { flags: '--version', description: 'print the version' },
].map(completable);

function completable({ flags, description, complete }: OptionSpec): CompletableOption {
  const long = /--[a-z-]+/.exec(flags)?.[0] ?? flags;
  return { long, description, value: flags.includes('<') ? (complete ?? 'none') : undefined };
}
