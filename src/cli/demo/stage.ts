// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimulatedContext } from '../../main/compose.ts';
import type { CommandSpec } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { runCommandLine } from '../program.ts';
import { paint } from '../style.ts';
import { VERSION } from '../version.ts';

/** A simulated node on which command lines are typed: ours, and those of Proxmox. */
export interface Stage {
  readonly machine: SimulatedContext;
  readonly io: Io;
  /** Shows a prompt with the command line, then runs it. */
  type(line: string): Promise<number>;
  /** Runs a command line; answers its exit code. */
  run(line: string): Promise<number>;
}

/** What a shell answers for a program that is not there. */
const NOT_FOUND = 127;

/** A stage whose commands print to `io` and act on `machine` alone. */
export function stageOf(machine: SimulatedContext, commands: readonly CommandSpec[], io: Io): Stage {
  const stage: Stage = {
    machine,
    io,
    async type(line) {
      io.out(`\n${paint(io, 'accent', `root@${machine.node.machine.nodeName}:~#`)} ${paint(io, 'strong', line)}\n`);
      return await stage.run(line);
    },
    async run(line) {
      const [program = '', ...args] = line.trim().split(/\s+/);
      if (program === '') return EXIT.done;
      if (program === 'pveigpu') return await runCommandLine(args, commands, io, async () => machine, VERSION);
      return await runProgram(machine, io, [program, ...args]);
    },
  };
  return stage;
}

async function runProgram({ host }: SimulatedContext, io: Io, argv: readonly [string, ...string[]]): Promise<number> {
  const output = await host.run(argv).catch((error: unknown) => {
    // what the simulation does not know is no fault of ours, and no reason to end the story
    if (error instanceof Error && error.name === 'UnknownCall') return error.message;
    throw error;
  });
  if (typeof output === 'string') {
    io.err(`${output}. Try pveigpu, qm, pct or pvesh.\n`);
    return NOT_FOUND;
  }
  if (!output.ok) {
    io.err(`${output.problem.message}\n`);
    return EXIT.failed;
  }
  io.out(output.value.stdout);
  io.err(output.value.stderr);
  return output.value.exitCode;
}
