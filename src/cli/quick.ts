// SPDX-License-Identifier: AGPL-3.0-or-later
import { statSync } from 'node:fs';
import { localContext } from '../main/local/compose.ts';
import { run as runStatus } from './commands/status.ts';
import { logOf, terminalIo } from './io.ts';

/**
 * `status` without the argument parser: it is what people type most, and its start-up is budgeted (docs/adr/0010). Knows
 * `--json` and `--root DIR`; undefined for every other command line, which the whole program reads.
 */
export function runQuick(argv: readonly string[]): Promise<number> | undefined {
  const [command, ...rest] = argv;
  if (command !== 'status') return undefined;
  let json = false;
  let root = '/';
  for (let i = 0; i < rest.length; i += 1) {
    if (rest[i] === '--json') json = true;
    else if (rest[i] === '--root' && rest[i + 1] !== undefined) root = rest[++i] ?? '/';
    else return undefined;
  }
  // What is wrong with a directory is said in one place, openMachine.
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const io = terminalIo();
  const log = logOf(io);
  return runStatus({ args: [], options: { json }, argv, io, context: async () => localContext(root, log) });
}
