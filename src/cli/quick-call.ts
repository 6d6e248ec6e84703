// SPDX-License-Identifier: AGPL-3.0-or-later
import { statSync } from 'node:fs';
import { localContext } from '../main/local/compose.ts';
import type { Call, Options } from './command.ts';
import { logOf, terminalIo } from './io.ts';

/**
 * The call that a command line makes, where it has no other options than `--root DIR` and those that are named with whether they
 * take a value; undefined for every other one, which the whole program reads.
 */
export function quickCall(argv: readonly string[], known: { readonly [flag: string]: 'flag' | 'value' }): Call | undefined {
  const options: { [name: string]: string | boolean } = {};
  for (let i = 1; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    const kind = word === '--root' ? 'value' : Object.hasOwn(known, word) ? known[word] : undefined;
    const value = kind === 'value' ? argv[++i] : true;
    if (kind === undefined || value === undefined) return undefined;
    options[word.slice(2)] = value;
  }
  const root = typeof options.root === 'string' ? options.root : '/';
  // What is wrong with a directory is said in one place, openMachine.
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const io = terminalIo();
  const log = logOf(io);
  return { args: [], options: options as Options, argv, io, context: async () => localContext(root, log) };
}
