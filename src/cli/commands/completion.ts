// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Call } from '../command.ts';
import { COMMANDS } from '../command-table.ts';
import { bashCompletion } from '../completion/bash.ts';
import { type CommandPath, commandPaths } from '../completion/command-paths.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { EXIT } from '../exit-code.ts';
import { printProblem } from '../print-problem.ts';

const SHELLS: { readonly [shell: string]: (paths: readonly CommandPath[]) => string } = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export async function run({ args, io }: Call): Promise<number> {
  const [shell = ''] = args;
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (script === undefined)
    return printProblem(io, { code: 'usage', message: `There is no completion for "${shell}".`, hint: 'Use bash, zsh or fish.' });
  io.out(script(commandPaths(COMMANDS)));
  return EXIT.done;
}
