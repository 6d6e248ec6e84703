// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import type { Io } from './io.ts';

/** What completion offers for a value. */
export type Completion = 'vmid' | 'bdf' | 'file' | 'profile' | 'pool' | 'none' | readonly string[];

export interface OptionSpec {
  /** In commander's form: `--vf <n>`, `--hook`. */
  readonly flags: string;
  readonly description: string;
  readonly complete?: Completion;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  readonly complete?: Completion;
}

/** The options that a command got, by camel-cased name. */
export type Options = { readonly [name: string]: string | boolean | undefined };

/** One call of a command. */
export interface Call {
  readonly args: readonly string[];
  readonly options: Options;
  /** The whole command line that was typed, without the program. */
  readonly argv: readonly string[];
  readonly io: Io;
  /** The machine that `--host` and `--root` name, made when first asked for. */
  context(): Promise<Context>;
}

/** A command's module: does the work and answers the exit code. */
export interface CommandModule {
  run(call: Call): Promise<number>;
}

/** One command as the table lists it. Help, completion and the man page are made from this alone. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** More for `--help`, a few sentences. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Prints something that `--json` gives as a value. */
  readonly prints?: boolean;
  /** Changes something: gets `--dry-run` and `--yes`. */
  readonly writes?: boolean;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** Not shown in help: entry points for PVE and systemd. */
  readonly hidden?: boolean;
  readonly load?: () => Promise<CommandModule>;
  readonly sub?: readonly CommandSpec[];
}
