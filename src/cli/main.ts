// SPDX-License-Identifier: AGPL-3.0-or-later
import { COMMANDS } from './command-table.ts';
import { terminalIo } from './io.ts';
import { openMachine } from './open-machine.ts';
import { runCommandLine } from './program.ts';
import { VERSION } from './version.ts';

// a reader that went away (`| head`) ends us quietly
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, terminalIo(), openMachine, VERSION);
