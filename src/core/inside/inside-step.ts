// SPDX-License-Identifier: AGPL-3.0-or-later

/** One program that runs inside a guest, by argument list. */
export interface InsideCommand {
  readonly argv: readonly [string, ...string[]];
  /** What it reads on standard input. */
  readonly stdin?: string;
  /** How long it may take. */
  readonly timeoutSec: number;
}

/** One thing that a guest needs. */
export interface InsideStep {
  readonly id: string;
  /** What and why, as a sentence. */
  readonly text: string;
  /** What does it, in order; none for what happens elsewhere or is only to be known. */
  readonly commands: readonly InsideCommand[];
  /** `pveigpu` when `--apply` does it, `you` when it is left to the person. */
  readonly by: 'pveigpu' | 'you';
  /** The guest has it already. */
  readonly done?: true;
  /** Public source of what it rests on. */
  readonly source?: string;
}

/** A short command. */
export const SHORT_SEC = 30;
/** Package lists and packages, over a slow line. */
export const PACKAGES_SEC = 900;

/** A command that ends at once. */
export function quick(...argv: [string, ...string[]]): InsideCommand {
  return { argv, timeoutSec: SHORT_SEC };
}

/** A command that downloads or builds. */
export function slow(...argv: [string, ...string[]]): InsideCommand {
  return { argv, timeoutSec: PACKAGES_SEC };
}

/** Writes a file as a whole, readable by all. */
export function writeFile(path: string, text: string): InsideCommand {
  return { argv: ['tee', path], stdin: text, timeoutSec: SHORT_SEC };
}

/** The program of a command and its arguments, without the `env` that sets variables for it. */
export function ownWords({ argv }: InsideCommand): readonly string[] {
  if (argv[0] !== 'env') return argv;
  const own = argv.findIndex((word, at) => at > 0 && !/^\w+=/.test(word));
  return own < 0 ? argv : argv.slice(own);
}

/** A command as a shell would take it, its standard input as a here-document. */
export function commandLine({ argv, stdin }: InsideCommand): string {
  const line = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
  return stdin === undefined ? line : `${line} <<'END'\n${stdin.replace(/\n?$/, '\n')}END`;
}
