// SPDX-License-Identifier: AGPL-3.0-or-later

import { VERSION } from '../main/version.ts';
import { COMMANDS } from './command-table.ts';
import { terminalIo } from './io.ts';
import { openMachine } from './open-machine.ts';
import { runCommandLine } from './program.ts';

/** Every command, with arguments, help and errors: see the table. Answers the exit code. */
export async function runFull(argv: readonly string[]): Promise<number> {
  return await runCommandLine(argv, COMMANDS, terminalIo(), openMachine, VERSION);
}
