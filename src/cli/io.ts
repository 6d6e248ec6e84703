// SPDX-License-Identifier: AGPL-3.0-or-later

/** Where a command prints and asks: the terminal, or the demo and the tests. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether colour may be used on standard output. */
  readonly colour: boolean;
  /** Width of the terminal in columns; 100 where it is none. */
  readonly columns: number;
  /** A yes/no question; false at end of input, and where nobody can answer. */
  confirm(question: string): Promise<boolean>;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
}

/** The real terminal. Colour only on a terminal, and never with NO_COLOR. */
export function terminalIo(): Io {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb',
    columns: process.stdout.columns ?? 100,
    interactive: process.stdin.isTTY === true,
    confirm: askOnTerminal,
  };
}

async function askOnTerminal(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
